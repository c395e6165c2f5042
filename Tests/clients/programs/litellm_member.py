"""A process that calls Bedrock through LiteLLM's router, whose limiter counts tokens per minute in Redis.

usage: litellm_member.py ENDPOINT REDIS_PORT TPM WORKERS PAUSE

Its workers call as fast as they may, with PAUSE seconds between two calls; when the router refuses, they wait a second. On SIGINT it prints how many replies it had and how many errors came from the service.
"""

import asyncio
import json
import os
import signal
import sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm  # noqa: E402

MODEL = "us.amazon.nova-pro-v1:0"
PROMPT = "How does a river find the sea? " * 80


async def main(endpoint: str, port: str, tpm: str, workers: str, pause: str):
    litellm.suppress_debug_info = True
    place = {"aws_bedrock_runtime_endpoint": endpoint, "aws_region_name": "us-east-1", "aws_access_key_id": "emulator", "aws_secret_access_key": "emulator"}
    router = litellm.Router(
        model_list=[{"model_name": "nova", "litellm_params": {"model": f"bedrock/converse/{MODEL}", "tpm": int(tpm), **place}}],
        redis_host="127.0.0.1", redis_port=int(port), routing_strategy="usage-based-routing-v2", num_retries=0, cooldown_time=0, disable_cooldowns=True,
    )
    counts = {"replies": 0, "refused": 0, "failed": 0}
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, ended.set)

    async def work():
        while not ended.is_set():
            try:
                await router.acompletion(model="nova", messages=[{"role": "user", "content": PROMPT}], max_tokens=400)
                counts["replies"] += 1
                await asyncio.sleep(float(pause))
            except litellm.RateLimitError:
                counts["refused"] += 1
                await asyncio.sleep(1)
            except Exception as error:
                counts["failed"] += 1
                counts.setdefault("error", f"{type(error).__name__}: {error}"[:200])
                await asyncio.sleep(1)

    tasks = [asyncio.create_task(work()) for _ in range(int(workers))]
    await ended.wait()
    for task in tasks:
        task.cancel()
    print(json.dumps(counts), flush=True)
    os._exit(0)


asyncio.run(main(*sys.argv[1:]))
