import AWSClient
import AdmissionControl
import ArgumentParser
import Bedquota
import BedrockQuotas
import Foundation
import Reports

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Send a whole file of requests at the highest rate that the quota allows.",
    discussion: """
      Input and output are JSON Lines as Bedrock's batch inference has them: {"recordId", "modelInput"} in; {"recordId", "modelOutput"} \
      or {"modelInput", "recordId", "error"} out. A body has the form of the model's family, of Converse, Chat Completions, Responses or \
      Messages; its own shape tells which, or --api. Lines of OpenAI's batches, {"custom_id", "url", "body"}, and of Anthropic's, \
      {"custom_id", "params"}, are taken too, and their results have the same form with custom_id as recordId. A body that names \
      another model than ID is an error. Bytes pass as they are. Files whose names end in .gz are compressed; as input, - is the \
      standard input.
      A bad record becomes an error in the output. It does not end the run, but the exit code is then 1.
      Results are written to disk several times a second: after a crash or kill -9, --resume loses nothing and repeats at most the \
      requests that were in flight. The run waits for a service that is away and for a full disk. It ends early when nothing more can \
      succeed, for example when its credentials expire; --resume sends the rest.
      Several ids, Regions and accounts have quotas of their own: each record goes to the first of them that has room, in the order of \
      ids, accounts and Regions as they are named, and provisioned throughput comes before all. A scope that can't be read, or that \
      doesn't have the model, is left out with a line. --resume may name other Regions and accounts. Requests go to no other Region or \
      geography than those that are named.
      --shard 0/4 to 3/4 divide a file among processes or machines: each sends the lines that begin in its part of the bytes, into \
      out.jsonl.00000-of-00004 and so on, and resumes by itself; `bedquota merge` joins the outputs. auto takes the number from a Kubernetes \
      indexed Job (auto/4), a Slurm array or an AWS Batch array. With --fleet they share the quotas; without it they don't know of each \
      other's use of them.
      Ctrl-C, SIGTERM and SIGHUP drop what waits and finish the requests in flight; a second one stops at once.
      It costs money, so it shows its plan and asks first, unless --yes is given.
      \(CommandPermissions.help("run"))

      EXAMPLE: bedquota run us.amazon.nova-pro-v1:0 --regions us-east-1,us-west-2 --input in.jsonl --output-file out.jsonl
      """)

  /// Seconds.
  private static let patience = 900.0
  private static let concurrencyMax = BatchRun.Options().concurrency

  @OptionGroup var global: GlobalOptions

  @Argument(help: ArgumentHelp("A model id, inference profile id or ARN; or several with commas.", valueName: "id"))
  var id: String

  @Option(help: ArgumentHelp("The requests.", valueName: "file"), completion: .file(extensions: ["jsonl"]))
  var input: String

  @Option(
    name: .customLong("output-file"), help: ArgumentHelp("The replies; a file of progress is kept beside it.", valueName: "file"),
    completion: .file())
  var outputFile: String

  @Option(
    help: ArgumentHelp(
      "The most requests in flight. (default: as many as the quota allows, up to \(Self.concurrencyMax) for each scope)",
      valueName: "n"))
  var concurrency: Int?

  @Option(
    help: ArgumentHelp(
      "The API for bodies in modelInput: \(APIOption.list). (default: by the shape of each body)", valueName: "name"))
  var api: APIOption?

  @OptionGroup(title: "Regions and accounts") var scopes: ScopeOptions

  @OptionGroup var calling: ClientOptions

  @Option(
    name: .customLong("max-tokens"),
    help: ArgumentHelp("Set max_tokens in requests without it, which would reserve the model's maximum.", valueName: "n"))
  var maxTokens: Int?

  @Option(help: ArgumentHelp("Attempts per request, including the first.", valueName: "n"))
  var maxAttempts = 4

  @Option(help: ArgumentHelp("Seconds that a request may take, waiting included.", valueName: "seconds"))
  var deadline: Double?

  @Option(
    help: ArgumentHelp(
      "How long to wait for a service that is away, or a full disk; 0: not beyond the attempts. (default: 900)",
      valueName: "seconds"))
  var patience: Double?

  @Option(
    help: ArgumentHelp("Send one part of the file: i/n with i from 0, auto, or auto/n.", valueName: "i/n|auto"))
  var shard: ShardOption?

  @Flag(help: "Write replies in the order of the requests.")
  var ordered = false

  @Flag(help: "Resume where an earlier run ended.")
  var resume = false

  @Flag(name: .customLong("retry-failed"), help: "Resume, and send again what ended with an error.")
  var retryFailed = false

  @Flag(name: .customLong("allow-failures"), help: "Exit with 0 even if records ended with errors.")
  var allowFailures = false

  @Flag(name: .customLong("dry-run"), help: "Print the plan and stop.")
  var dryRun = false

  @Flag(help: "Don't ask for confirmation.")
  var yes = false

  func validate() throws {
    _ = try ScopeOptions.ids(id, global)
    try scopes.validate(with: global)
    try global.requireTableOrJSON("run")
    guard (1...10_000).contains(concurrency ?? 1) else { throw ValidationError("--concurrency takes 1 to 10000.") }
    guard (1...100).contains(maxAttempts) else { throw ValidationError("--max-attempts takes 1 to 100.") }
    if let maxTokens, !(1...1_000_000).contains(maxTokens) { throw ValidationError("--max-tokens takes 1 to 1000000.") }
    if let deadline, !(deadline > 0 && deadline <= 31_536_000) {
      throw ValidationError("--deadline takes seconds, above 0 and at most 31536000.")
    }
    guard (0...31_536_000).contains(patience ?? 0) else { throw ValidationError("--patience takes seconds, from 0 to 31536000.") }
    guard outputFile != "-" else {
      throw ValidationError("--output-file takes a file, not the standard output: a run keeps its progress beside it.")
    }
    guard !input.isEmpty, !outputFile.isEmpty else { throw ValidationError("--input and --output-file take files.") }
  }

  func run() async throws {
    let console = global.console
    let ids = try ScopeOptions.ids(id, global)
    let shard = try shard?.shard(of: ProcessInfo.processInfo.environment)
    let whole = try Self.open(input)
    let requests = try shard.map { try whole.shard($0) } ?? whole
    let outputFile = shard?.output(of: outputFile) ?? outputFile
    // An emulator in this process has the other end of each connection.
    let connections = FileLimit.connections(ends: global.emulator ? 2 : 1)
    let result = try await global.withExportedSession { session -> Ending? in
      // A first run with a wrong endpoint should say so at once; one that resumes has reached it before.
      let patience = resume || retryFailed ? Duration.seconds(patience ?? Self.patience) : .zero
      let options = try clientOptions()
      // Its own account has the table, whatever accounts it calls.
      try options.fleet?.open(in: session)
      let client = try await StartWait.through(patience, console) {
        try await global.modelClient(for: ids, scopes, in: session, options: options)
      }
      let plan = try BatchPlan(reading: requests, for: client, api: api?.api)
      let concurrency = concurrency ?? max(Self.concurrencyMax, min(Self.concurrencyMax * client.candidates.count, connections))
      try show(plan, [RunScope](client), console)
      if connections < concurrency {
        console.note("At most \(connections) requests are in flight, because the process can't have more connections open.")
      }
      let notes = client.notes
      for note in notes { console.note(note) }
      guard !dryRun, try global.confirms(yes) else { return nil }
      for candidate in client.candidates { try await candidate.client.joinFleet() }
      var batch = batchOptions
      batch.concurrency = min(concurrency, connections)
      let run = try await StartWait.through(patience, console) {
        try await BatchRun(input: requests, output: URL(filePath: outputFile), through: client, options: batch)
      }
      for note in run.notes { console.note("bedquota: \(note)") }
      let (summary, signal): (RunSummary, Interruption.Signal?)
      do {
        (summary, signal) = try await run.run(with: client, records: plan.records, console)
      } catch {
        if let lost = InvocationText.lost(client.total) { console.note("bedquota: \(lost)") }
        throw error
      }
      return Ending(
        outputFile: outputFile, summary: summary, work: RunText.work([RunScope](client)), signal: signal,
        notes: client.notes.filter { !notes.contains($0) })
    }
    if let result { try finish(result, console) }
  }

  private func show(_ plan: BatchPlan, _ scopes: [RunScope], _ console: Console) throws {
    console.note(RunText.plan(plan, scopes))
    if let quotas = RunText.quotas(scopes) { console.note(quotas) }
    if dryRun, global.output == .json { console.print(try JSONOutput.encode(BatchPlanPayload(plan, scopes))) }
  }

  private struct Ending: Sendable {
    var outputFile: String
    var summary: RunSummary
    /// What each of several scopes has done.
    var work: String?
    var signal: Interruption.Signal?
    /// What the client has noted during the run.
    var notes: [String]
  }

  private func finish(_ ending: Ending, _ console: Console) throws {
    let summary = ending.summary
    console.note(RunText.summary(summary, outputFile: ending.outputFile, spelling: .options))
    if let work = ending.work { console.note(work) }
    for note in ending.notes { console.note("bedquota: \(note)") }
    if global.output == .json { console.print(try JSONOutput.encode(summary)) }
    let failure = RunText.failure(summary, allowsFailures: allowFailures, spelling: .options)
    if let failure { Console.printError("bedquota: \(failure)") }
    if let signal = ending.signal, summary.left > 0 { throw ExitCode(signal.exitCode) }
    if failure != nil { throw ExitCode(1) }
  }

  static func open(_ path: String) throws -> BatchInput {
    ["-", "/dev/stdin", "/dev/fd/0"].contains(path) ? try .standardInput() : try BatchInput(URL(filePath: path))
  }

  private func clientOptions() throws -> QuotaAwareClient.Options {
    var options = QuotaAwareClient.Options()
    try calling.apply(to: &options, global.console)
    options.attemptsMax = maxAttempts
    options.maxTokensWhenUnset = maxTokens
    // Recent use would include the requests of the run that is resumed.
    options.looksAtRecentUse = !resume && !retryFailed
    options.patience = .seconds(patience ?? Self.patience)
    // No record may be lost.
    options.resendsAfterLoss = true
    options.deadline = deadline.map { .seconds($0) }
    return options
  }

  private var batchOptions: BatchRun.Options {
    var options = BatchRun.Options()
    options.isOrdered = ordered
    options.resumes = resume
    options.retriesFailed = retryFailed
    options.api = api?.api
    return options
  }
}
