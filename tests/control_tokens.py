"""What templates of the known model families put around turns."""

CONTROL_TOKENS = [
    "<|im_start|>", "<|im_end|>", "<|eot_id|>", "<|begin_of_text|>", "<|start_header_id|>", "<|endoftext|>",
    "<|user|>", "<|assistant|>", "<|system|>", "<|START_OF_TURN_TOKEN|>", "<|turn>", "<turn|>", "<|channel|>",
    "<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>", "<pad>", "<unk>", "<unused0>", "<s>", "</s>",
    "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "[TOOL_CALLS]", "[AVAILABLE_TOOLS]", "[gMASK]",
    "[SYSTEM_PROMPT]",
    "<｜User｜>", "<｜Assistant｜>", "<｜end▁of▁sentence｜>", "<think>", "</think>", "<tool_call>", "<0x0A>",
    "[|endofturn|]", "[|user|]", "]~b]", "]~!b[", "[e~[", "]<]", "<∣im_start∣>", "<extra_id_0>", "◁think▷",
    "<｜begin▁of▁sentence｜>", "＜|im_end|＞", "▁<bos>", "[SYSTEM_PROMPT]",
    "### Instruction:", "<_user>", "<!-- -->", "<reserved_106>",
]  # fmt: skip
