import AdmissionControl
import ArgumentParser
import Bedquota
import BedrockQuotas
import FleetStore
import Foundation

struct FleetLimitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "limit",
    abstract: "Set limits of a fleet by hand, for a while.",
    discussion: """
      All members keep to the new limits within seconds, and they count more than the account's quotas until their time is over. After \
      that, the next reading of the quotas replaces them: a gateway reads them each hour, a new process at its start. \
      A time that was set before can't be shortened. Limits above \
      the quotas get requests throttled. It shows what changes and asks first, unless --yes is given.
      \(CommandPermissions.help("fleet limit"))

      EXAMPLE: bedquota fleet limit us.amazon.nova-pro-v1:0 tpm=1000000 --for-hours 2 --fleet redis://cache.internal:6379
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var address: FleetAddress

  @Argument(help: ArgumentHelp("A model id, inference profile id or ARN.", valueName: "id"))
  var id: String

  @Argument(help: ArgumentHelp("Limits as in tpm=1000000, with rpm, tpm, input-tpm, output-tpm or tpd.", valueName: "limit"))
  var limits: [String]

  @Option(
    name: .customLong("for-hours"),
    help: ArgumentHelp("How long the limits count more than the quotas.", valueName: "n"))
  var hours = 24.0

  @Flag(help: "Don't ask for confirmation.")
  var yes = false

  func validate() throws {
    _ = try global.id(id)
    try address.require()
    _ = try values()
    guard hours > 0, hours <= 8_760 else { throw ValidationError("--for-hours takes a number above 0, at most 8760.") }
  }

  /// Units per minute or day.
  private static let valueMax: Int64 = 100_000_000_000

  private func values() throws -> [Measure: Int64] {
    guard !limits.isEmpty else { throw ValidationError("Name a limit, such as tpm=1000000.") }
    var values: [Measure: Int64] = [:]
    for text in limits {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let measure = Self.measure(parts[0]), let value = Int64(parts[1]), 0...Self.valueMax ~= value else {
        throw ValidationError(
          "\"\(text.prefix(100))\" is no limit; write rpm, tpm, input-tpm, output-tpm or tpd, = and a number.")
      }
      guard values.updateValue(value, forKey: measure) == nil else { throw ValidationError("\(parts[0]) is named twice.") }
    }
    return values
  }

  private static func measure(_ name: String) -> Measure? {
    Measure.allCases.first { $0 != .concurrency && $0.quotaMeasure.rawValue == name }
  }

  func run() async throws {
    let values = try values()
    let fleet = try address.makeFleet()
    let id = try global.id(id)
    try await global.withSession { session in
      let resolution = try await global.reading(in: session) { account in try await account.resolution(of: id) }
      let control = FleetControl(fleet, in: session)
      let reading = try await control.reading(of: control.scope(of: resolution), resolution)
      let until = Date(timeIntervalSinceNow: hours * 3_600)
      for (measure, meter) in zip(reading.measures ?? [], reading.status?.meters ?? []) {
        guard let value = values[measure] else { continue }
        global.console.note(
          "\(resolution.id): \(measure.quotaMeasure.rawValue) \(meter.limit.rate) -> \(value) for \(hours.formatted()) h")
      }
      guard try global.confirms(yes) else { return }
      try await control.setLimits(values, of: reading, until: until)
      global.console.note("The members take the limits with their next syncs.")
    }
  }
}
