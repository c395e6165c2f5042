"""Bedquota's gateway and emulator for Amazon Bedrock, run by a Python program.

    with bedquota.gateway() as gateway:
        runtime = gateway.client()          # a boto3 client; its requests wait for their quota
        subprocess.run(command, env=gateway.environment)

    with bedquota.emulator(time_scale=10) as emulator:
        runtime = emulator.client("bedrock-runtime")

Both run the program `bedquota` that the wheel carries, on a free port of 127.0.0.1, until the block ends, and no longer than this process
lives, however it ends. They may be used in any thread, several at a time, and as `async with`. What the program prints goes to the
logger `bedquota`. docs/python.md in Bedquota's repository has more.
"""

from __future__ import annotations

from typing import Mapping, Sequence

from ._options import arguments as _arguments
from ._program import AnyPath as _Path
from ._program import StartError
from ._server import Emulator, Gateway

__all__ = ["Emulator", "Gateway", "StartError", "emulator", "gateway"]


def gateway(
    *,
    emulator: bool = False,
    account: _Path | None = None,
    config: _Path | None = None,
    endpoint_url: str | None = None,
    fleet: str | None = None,
    fleet_fallback: str | int | None = None,
    fleet_weight: float | None = None,
    profile: str | None = None,
    region: str | None = None,
    port: int = 0,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    program: _Path | None = None,
    start_seconds: float = 30,
) -> Gateway:
    """A gateway for this process and its children; requests wait in it until the account's quotas have room for them.

    Most parameters are options of `bedquota gateway`, whose help explains them; `arguments` has further ones.

    - `port`: 0 picks a free one.
    - `environment`: that of the gateway, in which it finds its AWS credentials. Default: this process's.
    - `program`: another executable than the wheel's.
    - `start_seconds`: how long it may take until it is ready. It isn't without credentials and quotas; then StartError says why.
    """
    options = {
        "emulator": emulator,
        "account": account,
        "config": config,
        "endpoint_url": endpoint_url,
        "fleet": fleet,
        "fleet_fallback": fleet_fallback,
        "fleet_weight": fleet_weight,
        "profile": profile,
        "region": region,
        "listen": f"127.0.0.1:{port}",
    }
    return Gateway(
        ["gateway", *_arguments(options), *arguments],
        program=program,
        start_seconds=start_seconds,
        environment=environment,
        region=region,
        is_emulated=emulator,
    )


def emulator(
    *,
    account: _Path | None = None,
    deny_model: Sequence[str] = (),
    fault: Mapping[str, float] | None = None,
    foreign_traffic: Mapping[str, float] | None = None,
    history: int | None = None,
    latency: float | None = None,
    output_tokens: str | int | None = None,
    reservation_factor: str | int | None = None,
    reserved_capacity: Mapping[str, tuple[int, int]] | None = None,
    retry_after: bool = False,
    s3: _Path | None = None,
    seed: int | None = None,
    semantics: str | None = None,
    time_scale: float | None = None,
    tokens_per_second: float | None = None,
    port: int = 0,
    arguments: Sequence[str] = (),
    program: _Path | None = None,
    start_seconds: float = 30,
) -> Emulator:
    """An emulator of Bedrock, Service Quotas, CloudWatch and STS, which enforces an account's quotas. It needs no AWS account.

    Most parameters are options of `bedquota emulate`, whose help explains them; `arguments` has further ones. Those that may be repeated
    are sequences and mappings: `fault={"cut": 0.01}`, `reserved_capacity={"us.amazon.nova-pro-v1:0": (200_000, 50_000)}`.

    - `port`: 0 picks a free one.
    - `program`: another executable than the wheel's.
    - `start_seconds`: how long it may take until it serves.

    Nothing of the user's AWS set-up is used: no credentials, no profile, no endpoint.
    """
    options = {
        "account": account,
        "deny_model": deny_model,
        "fault": fault,
        "foreign_traffic": foreign_traffic,
        "history": history,
        "latency": latency,
        "output_tokens": output_tokens,
        "reservation_factor": reservation_factor,
        "reserved_capacity": reserved_capacity,
        "retry_after": retry_after,
        "s3": s3,
        "seed": seed,
        "semantics": semantics,
        "time_scale": time_scale,
        "tokens_per_second": tokens_per_second,
        "port": port,
    }
    return Emulator(
        ["emulate", *_arguments(options), *arguments],
        program=program,
        start_seconds=start_seconds,
    )
