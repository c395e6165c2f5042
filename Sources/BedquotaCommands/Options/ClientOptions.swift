import AdmissionControl
import ArgumentParser
import BedrockQuotas

/// What the quota-aware client of a command calls, and how it limits the calls.
struct ClientOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The endpoint to call, with the quotas that it has: runtime or mantle. (default: runtime; mantle for a model that is there alone)",
      valueName: "name"))
  var endpoint: QuotaEndpoint?

  @Option(help: ArgumentHelp("How to model the quota window: auto, bucket or strict.", valueName: "name"))
  var limiter = LimiterConfiguration.Profile.auto
}
