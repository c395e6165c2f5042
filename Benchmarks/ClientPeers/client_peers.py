"""One client of others against an emulator.

It prints `ready`, begins at a line on stdin, and ends with one line of JSON.

usage: client_peers.py --client NAME --url URL --seconds S --measured-from S [--tpm N --rpm N]
"""

import argparse
import asyncio

from workload import Run, in_threads

BOTO3_MODES = ("legacy", "standard", "adaptive")
LITELLM_MODES = ("litellm-limits", "litellm-usage")


def main():
    parser = argparse.ArgumentParser()
    names = (*BOTO3_MODES, *LITELLM_MODES, "tutorial")
    parser.add_argument("--client", required=True, choices=names)
    parser.add_argument("--url", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--measured-from", type=float, required=True)
    parser.add_argument("--tpm", type=int, help="the quota, for those that take it")
    parser.add_argument("--rpm", type=int, help="requests per minute, for those that take them")
    options = parser.parse_args()
    run = Run(options.seconds, options.measured_from)
    if options.client in LITELLM_MODES:
        import litellm_peer

        quotas = (options.tpm, options.rpm)
        asyncio.run(litellm_peer.in_tasks(run, options.url, options.client, *quotas))
        return
    import boto3
    import boto3_peers

    if options.client == "tutorial":
        send = boto3_peers.tutorial(options.url, options.rpm)
    else:
        send = boto3_peers.plain(options.url, options.client)
    in_threads(run, send, version=boto3.__version__)


if __name__ == "__main__":
    main()
