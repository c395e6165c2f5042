import ArgumentParser
import BedrockQuotas

/// Which endpoint's metrics and quotas a command shows.
struct EndpointOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Show bedrock-runtime or bedrock-mantle alone, which have quotas of their own: runtime or mantle.", valueName: "name"))
  var endpoint: QuotaEndpoint?
}
