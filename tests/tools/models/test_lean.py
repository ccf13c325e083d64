from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM

from tools.models import attention
from tools.models.lean import ATTENTIONS, GATES, NORMS, make_lean


def test_the_states_of_every_layer_stay_the_same(tiny_model_folder: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(
        tiny_model_folder, dtype=torch.float32, attn_implementation=attention.NAME
    ).eval()
    ids = torch.arange(3, 43).reshape(2, 20)
    with torch.inference_mode():
        before = model(ids, output_hidden_states=True).hidden_states
        make_lean(model)
        after = model(ids, output_hidden_states=True).hidden_states
    torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-4)
    changed = {type(module).__name__ for module in model.modules() if "forward" in vars(module)}
    assert all(changed & kinds for kinds in (NORMS, GATES, ATTENTIONS))


@pytest.mark.parametrize("activation", ["silu", "gelu"])
def test_layers_that_compute_otherwise_stay_as_they_are(activation: str) -> None:
    from transformers.models.llama.modeling_llama import LlamaConfig, LlamaMLP

    gate = LlamaMLP(LlamaConfig(hidden_size=64, num_attention_heads=4, hidden_act=activation))
    states = torch.randn(3, 64)
    with torch.inference_mode():
        before = gate(states)
        make_lean(gate)
        torch.testing.assert_close(gate(states), before)
    assert ("forward" in vars(gate)) == (activation == "silu")
