import ArgumentParser
import BedrockEmulator
import Foundation

/// How the emulator behaves beyond what an account folder describes.
struct EmulatorOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How quotas are enforced in time. (default: bucket60)", valueName: "name"))
  var semantics: String?

  @Option(
    name: .customLong("reservation-factor"),
    help: ArgumentHelp(
      "How often max_tokens count while a request runs: 1, as AWS's page says, or burndown, as often as output tokens.",
      valueName: "1|burndown"))
  var reservationFactor = "1"

  @Option(help: ArgumentHelp("Seconds to the first token.", valueName: "seconds"))
  var latency = 0.2

  @Option(help: ArgumentHelp("Output tokens per second of a reply; 0: all at once.", valueName: "n"))
  var tokensPerSecond = 200.0

  @Option(
    help: ArgumentHelp(
      "How long replies are: 200, 50-400, or 200x2 for a median of 200 spread by 2. (default: 200x2)", valueName: "length"))
  var outputTokens: String?

  @Option(help: ArgumentHelp("The seed of everything random.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Days of made-up metrics before the start. (default: 14 for the built-in account, else 0)", valueName: "days"))
  var history: Int?

  @Option(name: .customLong("time-scale"), help: ArgumentHelp("How many times faster than real time.", valueName: "x"))
  var timeScale = 1.0

  @Option(
    help: ArgumentHelp(
      "Faults to inject, and how often: \(FaultPlan.Fault.allCases.map(\.rawValue).joined(separator: ", ")), as in cut=0.01; may be repeated.",
      valueName: "name=rate"))
  var fault: [String] = []

  @Option(
    name: .customLong("foreign-traffic"),
    help: ArgumentHelp(
      "The share of a model's quotas per minute that foreign traffic uses, as in us.amazon.nova-pro-v1:0=0.3; may be repeated.",
      valueName: "id=share"))
  var foreignTraffic: [String] = []

  @Option(
    name: .customLong("reserved-capacity"),
    help: ArgumentHelp(
      "The capacity of the service tier reserved for a model: input and output tokens per minute, as in us.amazon.nova-pro-v1:0=200000,50000; may be repeated.",
      valueName: "id=input,output"))
  var reservedCapacity: [String] = []

  @Option(
    help: ArgumentHelp(
      "The folder that stands for S3: s3://bucket/key is the file DIR/bucket/key. Asynchronous invocations and batch jobs use it.",
      valueName: "dir"), completion: .directory)
  var s3: String?

  @Option(
    name: .customLong("deny-model"), help: ArgumentHelp("A model or profile without access; may be repeated.", valueName: "id"))
  var deniedModels: [String] = []

  @Flag(name: .customLong("retry-after"), help: "Send Retry-After with a ThrottlingException, which Bedrock is not known to do.")
  var retryAfter = false

  func validate() throws {
    let names = QuotaSemantics.all.map(\.name).joined(separator: ", ")
    if let semantics, QuotaSemantics(name: semantics) == nil { throw ValidationError("--semantics takes one of \(names).") }
    guard ReservationFactor(rawValue: reservationFactor) != nil else {
      throw ValidationError("--reservation-factor takes 1 or burndown.")
    }
    guard latency.isFinite, (0...3_600).contains(latency) else { throw ValidationError("--latency takes 0 to 3600 seconds.") }
    guard tokensPerSecond.isFinite, tokensPerSecond == 0 || (0.01...1e9).contains(tokensPerSecond) else {
      throw ValidationError("--tokens-per-second takes 0, or 0.01 to a billion.")
    }
    if let outputTokens, OutputLength(outputTokens) == nil {
      throw ValidationError("--output-tokens takes a number as in 200, a range as in 50-400, or a median and spread as in 200x2.")
    }
    if let history, !(0...455).contains(history) { throw ValidationError("--history takes 0 to 455 days.") }
    guard timeScale.isFinite, (0.001...EmulatorClock.scaleMax).contains(timeScale) else {
      throw ValidationError("--time-scale takes 0.001 to \(Int(EmulatorClock.scaleMax)).")
    }
    _ = try faults()
    _ = try shares()
    _ = try reserved()
  }

  /// - Parameter isBuiltIn: whether the account is the built-in one, which has 14 days of metrics by default.
  func behaviour(isBuiltIn: Bool) throws -> Emulator.Behaviour {
    var behaviour = Emulator.Behaviour()
    behaviour.semantics = semantics.flatMap { QuotaSemantics(name: $0) } ?? .bucket60
    behaviour.reservationFactor = ReservationFactor(rawValue: reservationFactor) ?? .one
    behaviour.replies = ReplySettings(
      latency: latency, tokensPerSecond: tokensPerSecond, outputTokens: outputTokens.flatMap { OutputLength($0) } ?? .typical,
      sendsRetryAfter: retryAfter, seed: seed)
    behaviour.faults = try faults()
    behaviour.deniedModels = Set(deniedModels)
    behaviour.foreignTraffic = Dictionary(try shares()) { _, last in last }
    behaviour.reservedCapacity = Dictionary(try reserved()) { _, last in last }
    behaviour.s3 =
      try s3.map { .folder(try S3Folder($0)) }
      ?? .none(advice: "Start it with --s3 DIR; then s3://bucket/key is the file DIR/bucket/key.")
    behaviour.historyDays = history ?? (isBuiltIn ? 14 : 0)
    return behaviour
  }

  private func shares() throws -> [(String, Double)] {
    try pairs(foreignTraffic, "--foreign-traffic takes ID=SHARE, a share from 0 to below 1.") { (0..<1).contains($0) }
  }

  private func reserved() throws -> [(String, ReservedTokens)] {
    try reservedCapacity.map { text in
      guard let equals = text.lastIndex(of: "="), equals > text.startIndex else { throw reservedUsage }
      let numbers = text[text.index(after: equals)...].split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
      guard numbers.count == 2, let input = numbers[0], let output = numbers[1], ReservedTokens.range.contains(input),
        ReservedTokens.range.contains(output)
      else { throw reservedUsage }
      return (String(text[..<equals]), ReservedTokens(input: input, output: output))
    }
  }

  private var reservedUsage: ValidationError {
    ValidationError("--reserved-capacity takes ID=INPUT,OUTPUT, both in tokens per minute.")
  }

  private func faults() throws -> FaultPlan {
    let names = FaultPlan.Fault.allCases.map(\.rawValue).joined(separator: ", ")
    let message = "--fault takes NAME=RATE with a rate from 0 to 1, 1 together; the names are \(names)."
    var rates: [FaultPlan.Fault: Double] = [:]
    for (name, rate) in try pairs(fault, message, isIn: { _ in true }) {
      guard let fault = FaultPlan.Fault(rawValue: name) else { throw ValidationError(message) }
      rates[fault] = rate
    }
    guard let plan = FaultPlan(rates: rates) else { throw ValidationError(message) }
    return plan
  }

  /// Splits at the last equals sign: an id may contain one, a number never does.
  private func pairs(_ texts: [String], _ message: String, isIn: (Double) -> Bool) throws -> [(String, Double)] {
    try texts.map { text in
      guard let equals = text.lastIndex(of: "="), let number = Double(text[text.index(after: equals)...]), number.isFinite,
        isIn(number), equals > text.startIndex
      else { throw ValidationError(message) }
      return (String(text[..<equals]), number)
    }
  }
}
