import AdmissionControl
import ArgumentParser
import Bedquota
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

  @Option(
    name: .customLong("service-tier"),
    help: ArgumentHelp("The service tier of requests that name none: \(Self.tiers.joined(separator: ", ")).", valueName: "name"))
  var serviceTier: String?

  @Option(
    name: .customLong("reserved-capacity"),
    help: ArgumentHelp(
      "The capacity of the tier reserved that you have for the model: input and output tokens per minute, as in 200000,50000. (default: found out from the replies)",
      valueName: "input,output"))
  var reservedCapacity: String?

  @OptionGroup var fleet: FleetOptions

  private static let tiers = ["default", "priority", "flex", "reserved"]

  func validate() throws {
    if let serviceTier, !Self.tiers.contains(serviceTier) {
      throw ValidationError("--service-tier takes one of \(Self.tiers.joined(separator: ", ")).")
    }
    _ = try capacity()
  }

  /// Sets what both commands take.
  func apply(to options: inout QuotaAwareClient.Options, _ console: Console) throws {
    options.profile = limiter
    options.endpoint = endpoint
    options.serviceTier = serviceTier
    options.reservedCapacity = try capacity()
    options.fleet = try fleet.fleet { console.note("bedquota: \($0)") }
  }

  private func capacity() throws -> ReservedCapacity? {
    guard let reservedCapacity else { return nil }
    let numbers = reservedCapacity.split(separator: ",", omittingEmptySubsequences: false).map { Int64($0) }
    guard numbers.count == 2, let input = numbers[0], let output = numbers[1], (1...Self.capacityMax).contains(input),
      (1...Self.capacityMax).contains(output)
    else { throw ValidationError("--reserved-capacity takes INPUT,OUTPUT, both in tokens per minute, 1 or more.") }
    return ReservedCapacity(inputTokensPerMinute: input, outputTokensPerMinute: output)
  }

  /// Tokens per minute.
  private static let capacityMax: Int64 = 1_000_000_000_000
}
