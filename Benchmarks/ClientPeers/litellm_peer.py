"""LiteLLM's router, configured with the quota."""

import asyncio
import importlib.metadata
import logging
import os

from workload import (
    KEY,
    MAX_TOKENS,
    MODEL,
    PAUSE_AFTER_FAILURE,
    REGION,
    SECRET,
    WORKERS,
    Run,
    name_of,
    prompt,
)

# Its table of prices otherwise comes from the network.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
RETRIES = 3

# Otherwise tpm and rpm only choose between deployments, and there is one. The first refuses at once
# what is too much; the second waits for another minute.
MODES = {
    "litellm-limits": {"optional_pre_call_checks": ["enforce_model_rate_limits"]},
    "litellm-usage": {"routing_strategy": "usage-based-routing-v2"},
}


def router(url: str, mode: str, tokens_per_minute: int, requests_per_minute: int):
    import litellm

    litellm.telemetry = False
    litellm.suppress_debug_info = True
    logging.disable(logging.CRITICAL)
    return litellm.Router(
        model_list=[
            {
                "model_name": "model",
                "litellm_params": {
                    "model": f"bedrock/converse/{MODEL}",
                    "aws_bedrock_runtime_endpoint": url,
                    "aws_region_name": REGION,
                    "aws_access_key_id": KEY,
                    "aws_secret_access_key": SECRET,
                    "tpm": tokens_per_minute,
                    "rpm": requests_per_minute,
                },
            }
        ],
        num_retries=RETRIES,
        **MODES[mode],
    )


async def work(run: Run, client, worker: int):
    number = 0
    while run.goes_on():
        run.begin((worker, number))
        messages = [{"role": "user", "content": prompt(worker, number)}]
        try:
            await client.acompletion(model="model", messages=messages, max_tokens=MAX_TOKENS)
            run.end((worker, number))
        except Exception as error:
            run.end((worker, number), name_of(error))
            await asyncio.sleep(PAUSE_AFTER_FAILURE)
        number += 1


async def in_tasks(run: Run, *settings):
    """- settings: as of router()."""
    client = router(*settings)
    run.wait_for_start()
    workers = [asyncio.create_task(work(run, client, worker)) for worker in range(WORKERS)]
    while run.goes_on():
        await asyncio.sleep(0.1)
    for worker in workers:
        worker.cancel()
    run.finish(version=importlib.metadata.version("litellm"))
