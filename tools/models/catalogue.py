"""Models by name: the embedded one, local folders, endpoints, tuned adapters."""

import gc
import sys
from pathlib import Path
from weakref import WeakSet

from tools.errors import ModelError
from tools.models import embedded
from tools.models.adapter import check_adapter
from tools.models.cache import CachedModel
from tools.models.folder import local_traits, model_fingerprint, parameters_of
from tools.models.protocol import LanguageModel
from tools.models.purse import Purse
from tools.models.remote import endpoint_fingerprint, endpoint_traits
from tools.models.store import CallStore
from tools.settings import Settings

ROOM_TO_WORK = 1.2  # of a model's weights: what it reads and writes needs memory too


def has_room(free: int, weights: int) -> bool:
    """Whether a model of so many bytes can be loaded and used where so many are free."""
    return free >= ROOM_TO_WORK * weights


class Catalogue:
    """The models that this installation may use; each is loaded once, when first needed.

    On a GPU that has no room for one more, those that are loaded are let go first.
    """

    def __init__(self, settings: Settings) -> None:
        """Look up models in these settings."""
        self.settings = settings
        self._loaded: dict[tuple[str, Path | None], LanguageModel] = {}
        self._cached: WeakSet[CachedModel] = WeakSet()

    def names(self) -> list[str]:
        """Names of all models, the embedded one first."""
        return [embedded.NAME, *self.settings.models, *self.settings.endpoints]

    def is_endpoint(self, name: str) -> bool:
        """Whether examples would leave this process for an endpoint."""
        return name in self.settings.endpoints

    def folder(self, name: str) -> Path:
        """Folder of a local model.

        Raises:
            ModelError: There is no local model of that name.
        """
        if name == embedded.NAME:
            return embedded.embedded_folder(self.settings.home)
        if name in self.settings.models:
            return self.settings.models[name].folder
        if self.is_endpoint(name):
            raise ModelError(f"{name!r} is an endpoint; only a local model can be tuned here.")
        known = ", ".join(self.names())
        raise ModelError(f"There is no model {name!r}; the settings know: {known}.")

    def may_be_larger(self, name: str, other: str) -> bool:
        """Whether a model has more parameters than another, or that is not known."""
        if name == other:
            return False
        mine = self._size(name)
        if not mine:  # the other one need not be looked at, which may have to be converted first
            return True
        theirs = self._size(other)
        return not theirs or mine > theirs

    def _size(self, name: str) -> int:
        """Parameters of a local model; 0 where they are not known, as behind an endpoint."""
        if name == embedded.NAME or name in self.settings.models:
            return parameters_of(self.folder(name))
        return 0

    def load(self, name: str, adapter: Path | None = None) -> LanguageModel:
        """The model itself, without a cache of its answers.

        Raises:
            ModelError: It cannot be loaded, or the adapter was changed or is another model's.
        """
        self._check(name, adapter)
        key = (name, adapter)
        if key not in self._loaded:
            if self.is_endpoint(name):
                from tools.models.endpoint import EndpointModel  # its client takes half a second

                self._loaded[key] = EndpointModel(name, self.settings.endpoints[name])
            else:
                from tools.models.local import LocalModel  # imports torch: 3 s of start-up

                self._make_room(self.folder(name))
                self._loaded[key] = LocalModel(self.folder(name), name, adapter)
        return self._loaded[key]

    def cached(self, name: str, store: CallStore, adapter: Path | None = None) -> CachedModel:
        """The model behind a store of its answers; it is loaded only if an answer is missing.

        Raises:
            ModelError: There is no such model, or the adapter was changed or is another model's.
        """
        self._check(name, adapter)
        purse = None
        if self.is_endpoint(name):
            settings = self.settings.endpoints[name]
            fingerprint, traits = endpoint_fingerprint(settings), endpoint_traits(settings)
            purse = Purse.for_endpoint(name, self.settings, store)
        else:
            folder = self.folder(name)
            fingerprint, traits = model_fingerprint(folder, adapter), local_traits(folder)
        model = CachedModel(
            name, fingerprint, traits, store, lambda: self.load(name, adapter), purse
        )
        self._cached.add(model)
        return model

    def release(self) -> None:
        """Let go of models on a GPU where others need the room; they are loaded again if asked.

        In the machine's own memory they stay.
        """
        torch = sys.modules.get("torch")  # without it nothing is loaded
        if torch is None or not torch.cuda.is_available():
            return
        self._loaded = {k: model for k, model in self._loaded.items() if self.is_endpoint(k[0])}
        for cached in self._cached:
            cached.let_go()
        gc.collect()
        torch.cuda.empty_cache()

    def _make_room(self, folder: Path) -> None:
        torch = sys.modules["torch"]
        weights = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
        if torch.cuda.is_available() and not has_room(torch.cuda.mem_get_info()[0], weights):
            self.release()

    def _check(self, name: str, adapter: Path | None) -> None:
        if adapter is not None:
            check_adapter(adapter, self.folder(name))
