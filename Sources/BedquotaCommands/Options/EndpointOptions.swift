import ArgumentParser
import BedrockQuotas

/// The endpoint whose metrics and quotas a command shows; none means both.
struct EndpointOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Show bedrock-runtime or bedrock-mantle alone, which have quotas of their own: runtime or mantle.", valueName: "name"))
  var endpoint: QuotaEndpoint?
}
