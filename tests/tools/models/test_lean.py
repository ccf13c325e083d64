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


def test_in_bf16_it_is_as_near_the_exact_states_as_transformers(tiny_model_folder: Path) -> None:
    exact, model = (
        AutoModelForCausalLM.from_pretrained(
            tiny_model_folder, dtype=dtype, attn_implementation=attention.NAME
        ).eval()
        for dtype in (torch.float64, torch.bfloat16)
    )
    ids = torch.arange(3, 3003).reshape(50, 60)

    causal = torch.ones(60, 60).triu(1).bool()[None, None].expand(50, 1, 60, 60)

    def last_states(of: torch.nn.Module) -> torch.Tensor:
        mask = torch.zeros(causal.shape).masked_fill(causal, torch.finfo(torch.bfloat16).min)
        with torch.inference_mode():
            found = of(ids, mask.to(of.dtype), output_hidden_states=True)
        return found.hidden_states[-1].double()

    true, before = last_states(exact), last_states(model)
    make_lean(model)
    after = last_states(model)
    assert not torch.equal(after, before)
    assert (after - true).norm() <= 1.1 * (before - true).norm()


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
