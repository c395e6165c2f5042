import AWSWire
import ArgumentParser
import Bedquota
import BedrockQuotas
import Foundation
import QuotaProbe
import Reports

struct ProbeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Find the limit that is actually enforced for a model, by using it up.",
    discussion: """
      Prints the most that it will send and asks first, unless --yes is given; --dry-run stops there. It costs money and takes quota from \
      whoever else uses the model in this account. Requests leave on a schedule and are never retried; it ends as soon as \
      the answer is known. Ctrl-C, SIGTERM and SIGHUP keep what was measured.
      \(CommandPermissions.help("probe"))

      EXAMPLE: bedquota probe us.amazon.nova-pro-v1:0 --emulator --max-requests 2000
      """)

  /// The caps of a probe whose plan would be larger, or that has no quota to plan with.
  private static let requestsMax = 20_000
  private static let tokensMax: Int64 = 20_000_000
  private static let secondsMax = 900.0

  @OptionGroup var global: GlobalOptions

  @Argument(help: ArgumentHelp("A model id, inference profile id or ARN.", valueName: "id"))
  var id: String

  @Option(help: ArgumentHelp("search: the burst, then the sustained rate; steps: batches of rising size.", valueName: "name"))
  var mode = ProbeOptions.Mode.search

  @Option(
    help: ArgumentHelp(
      "What to find: requests per minute, tokens per minute, concurrent requests, or whether max_tokens count once or as often as output tokens in a reservation. (default: rpm or tpm, whichever binds)",
      valueName: "name"))
  var measure: ProbeMeasure?

  @Flag(
    name: .customLong("by-reservation"),
    help: "Tokens per minute: reserve them with max_tokens and one-word answers, for a fraction of the tokens.")
  var byReservation = false

  @Option(
    name: .customLong("max-requests"),
    help: ArgumentHelp(
      "Send at most this many requests. (default: what the plan says, at most \(Self.requestsMax))", valueName: "n"))
  var maxRequests: Int?

  @Option(
    name: .customLong("max-tokens-spent"),
    help: ArgumentHelp(
      "Use at most this many quota tokens. (default: what the plan says, at most \(Self.tokensMax))", valueName: "n"))
  var maxTokensSpent: Int64?

  @Option(
    name: .customLong("max-duration"), help: ArgumentHelp("Send nothing after this time. (default: 900)", valueName: "seconds"))
  var maxDuration: Double?

  @Option(
    name: .customLong("requests-per-batch"),
    help: ArgumentHelp("steps: requests in the first batch.", valueName: "n"))
  var requestsPerBatch = 10

  @Option(name: .customLong("max-batches"), help: ArgumentHelp("steps: number of batches.", valueName: "n"))
  var maxBatches = 5

  @Option(help: ArgumentHelp("steps: pause between two batches. (default: 1)", valueName: "seconds"))
  var delay: Double?

  @Option(
    name: .customLong("output-file"),
    help: ArgumentHelp("The file for the report; - is stdout. (default: MODEL_quota_probe_TIME.json here)", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var outputFile: String?

  @Option(
    help: ArgumentHelp("Draw accepted and throttled requests as SVG; - is stdout.", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var svg: String?

  @Flag(name: .customLong("dry-run"), help: "Print the plan and stop.")
  var dryRun = false

  @Flag(help: "Don't ask for confirmation.")
  var yes = false

  func validate() throws {
    _ = try global.id(id)
    try global.requireTableOrJSON("probe")
    if mode == .steps, measure == .concurrent || measure == .reservation || byReservation {
      throw ValidationError("--measure concurrent, --measure reservation and --by-reservation are for --mode search.")
    }
    if byReservation, let measure, measure != .tpm {
      throw ValidationError("--by-reservation finds tokens per minute, so it goes with --measure tpm only.")
    }
    guard (1...10_000_000).contains(maxRequests ?? 1) else { throw ValidationError("--max-requests takes 1 to 10000000.") }
    guard (1...1_000_000_000_000).contains(maxTokensSpent ?? 1) else {
      throw ValidationError("--max-tokens-spent takes 1 to 1000000000000.")
    }
    guard (1...86_400).contains(maxDuration ?? 1) else {
      throw ValidationError("--max-duration takes seconds, from 1 to 86400.")
    }
    guard (1...1_000).contains(requestsPerBatch), (1...1_000).contains(maxBatches) else {
      throw ValidationError("--requests-per-batch and --max-batches take 1 to 1000.")
    }
    if let delay, !(0...3_600).contains(delay) { throw ValidationError("--delay takes seconds, from 0 to 3600.") }
    if outputFile == "" { throw ValidationError("--output-file takes the file to write.") }
    try PictureFile.validate(svg, option: "--svg")
    if let svg, WriteMethod.isStandardOutput(svg),
      WriteMethod.isStandardOutput(outputFile ?? "") || global.output != .table
    {
      throw ValidationError("--svg \(svg) and another output would mix on stdout; name a file for the picture.")
    }
  }

  private var options: ProbeOptions {
    var options = ProbeOptions()
    options.mode = mode
    options.measure = measure?.quotaMeasure
    options.byReservation = byReservation
    options.requestsMax = maxRequests ?? Self.requestsMax
    options.tokensMax = maxTokensSpent ?? Self.tokensMax
    options.durationMax = Int64((maxDuration ?? Self.secondsMax) * 1e9)
    options.requestsPerBatch = requestsPerBatch
    options.batchesMax = maxBatches
    if let delay { options.delay = Int64(delay * 1e9) }
    return options
  }

  func run() async throws {
    let console = global.console
    let id = try global.id(id)
    let file = try await OutputFile(outputFile ?? ProbeText.fileName(id.text, at: Date()), console)
    let picture = try await OutputFile.optional(svg, console)
    let end = try await global.withSession { session -> End? in
      let resolution = try await global.reading(in: session) { account in try await account.resolution(of: id) }
      if byReservation, resolution.modelID?.isEmbeddingModel == true {
        throw ValidationError(
          "--by-reservation needs answers, and \(id.text) is an embedding model: its requests reserve nothing.")
      }
      var options = options
      options.replyTokensMax = resolution.maxOutputTokensMax ?? options.replyTokensMax
      if measure == .reservation {
        options.burndown = try burndown(of: resolution)
        // Above the lowest figure that a source gives, requests may be rejected.
        options.replyTokensMax = resolution.disputed.maxOutputTokens?.lowerBound ?? options.replyTokensMax
      }
      // A file of facts may hold any number.
      options.replyTokensMax = min(options.replyTokensMax, TokenUsage.tokensMax)
      options = options.bounded(resolution, requests: maxRequests == nil, tokens: maxTokensSpent == nil)
      let plan = ProbePlan(resolution, options, spelling: .options)
      for line in ProbeText.plan(plan) { console.note(line) }
      if dryRun, global.output == .json { console.print(try JSONOutput.encode(ProbePlanPayload(plan))) }
      guard !dryRun, try global.confirms(yes) else { return nil }
      let (outcome, signal) = try await Self.probe(
        ProbeRunner(resolution, session: session, options: options, spelling: .options), console)
      // Written before the session closes, so that no failure after it loses what was paid for.
      let view = ProbeView(outcome.report)
      do {
        try file.write(try view.json())
      } catch {
        // What was paid for must not be lost with a full disk.
        let json = try view.json()
        if picture?.isStandardOutput == true { Console.standardError(json + "\n") } else { console.print(json) }
        throw error
      }
      try picture?.write(ProbeChart(outcome).svg)
      if !file.isStandardOutput, picture?.isStandardOutput != true {
        console.print(
          global.output == .json ? try view.json() : view.text(usesColor: false, width: TerminalWidth.of(STDOUT_FILENO)))
      }
      console.note("The whole report is in \(file.name)")
      return End(stop: outcome.report.stop, signal: signal)
    }
    guard let end else { return }
    if case .interrupted = end.stop { throw ExitCode((end.signal ?? .interrupt).exitCode) }
    if end.stop.isFailure { throw ExitCode(1) }
  }

  /// What the factor may be besides 1; at most 1,000, the most that ``ProbeOptions/burndown`` takes.
  private func burndown(of resolution: Resolution) throws -> Int {
    guard let burndown = resolution.outputBurndown else {
      throw ValidationError(
        "--measure reservation tells the burndown of a model from 1, and that of \(id.shortened()) isn't known; bedquota facts shows what is."
      )
    }
    guard burndown > 1 else {
      throw ValidationError(
        "Output tokens of \(id.shortened()) count once, so max_tokens do too: there is nothing for --measure reservation to find."
      )
    }
    return min(burndown, 1_000)
  }

  private struct End: Sendable {
    var stop: ProbeStop
    var signal: Interruption.Signal?
  }

  /// Runs to the end, or until a signal, with a line of progress.
  private static func probe(
    _ runner: ProbeRunner, _ console: Console
  ) async throws -> (answer: ProbeRunner.Outcome, signal: Interruption.Signal?) {
    try await Interruption.handling(stop: { runner.stop() }) {
      try await ProgressLine.with(console, "Probing …", plainEvery: .seconds(30)) { line in
        await runner.run { line.update(ProbeText.progress($0)) }
      }
    }
  }
}
