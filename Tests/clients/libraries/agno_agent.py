"""agno with Converse and with Anthropic's client."""

from agno.agent import Agent
from agno.models.aws import AwsBedrock, Claude
from city import City
from common import CLAUDE, NOVA, PROMPT, URL, tell, weather


def agent(model=None, **settings):
    return Agent(model=model or AwsBedrock(id=CLAUDE, max_tokens=2000), telemetry=False, **settings)


def direct():
    return Claude(id=CLAUDE, max_tokens=2000, client_params={"base_url": URL})


tell(
    text=[
        agent(model).run(PROMPT).metrics.output_tokens
        for model in (None, AwsBedrock(id=NOVA, max_tokens=2000), direct())
    ],
    stream=len(
        "".join(event.content for event in agent().run(PROMPT, stream=True) if event.content)
    ),
    tools=bool(agent(tools=[weather]).run(PROMPT).content),
    structured=[
        agent(model, output_schema=City).run(PROMPT).content.model_dump()
        for model in (None, direct())
    ],
)
