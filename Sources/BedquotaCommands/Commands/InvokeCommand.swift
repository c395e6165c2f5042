import AWSWire
import AdmissionControl
import ArgumentParser
import Bedquota
import BedrockQuotas
import Foundation
import Reports

struct InvokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "invoke",
    abstract: "Send one prompt through the quota-aware client.",
    discussion: """
      Prints the reply on stdout, and on stderr what it used and what it cost in quota tokens. It costs money: one request, of the \
      model's price. A prompt of - is read from stdin. Into a file or a pipe, the reply goes as the model wrote it; on a terminal, \
      control characters become blanks, and prose wraps at blanks.
      The reply is read as a stream, so that --timeout bounds the silence of the model and not the whole reply. A request that was \
      sent is not sent again, because it would be paid twice.
      With several ids, Regions or accounts, the request goes to the first that has room, in the order of ids, accounts and Regions.
      \(CommandPermissions.help("invoke"))

      EXAMPLE: bedquota invoke us.amazon.nova-pro-v1:0 "How are you?" --max-tokens 200 --stream
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: ArgumentHelp("A model id, inference profile id or ARN; or several with commas.", valueName: "id"))
  var id: String

  @Argument(help: ArgumentHelp("What to ask; - reads it from stdin.", valueName: "prompt"))
  var prompt: String

  @Option(name: .customLong("max-tokens"), help: ArgumentHelp("The most output tokens.", valueName: "n"))
  var maxTokens = 1_000

  @Flag(help: "Print the reply as it arrives; with --output json, one event per line.")
  var stream = false

  @Option(
    help: ArgumentHelp(
      "\(APIOption.list); invoke has a body of the model's family. (default: converse; invoke for embedding models; on bedrock-mantle what the model has)",
      valueName: "name"))
  var api: APIOption?

  @OptionGroup(title: "Regions and accounts") var scopes: ScopeOptions

  @OptionGroup var calling: ClientOptions

  @Option(help: ArgumentHelp("Seconds until the last byte of the reply, waiting included.", valueName: "seconds"))
  var deadline: Double?

  @Flag(name: .customLong("count-tokens"), help: "Ask Bedrock for the number of input tokens first instead of estimating it.")
  var countTokens = false

  func validate() throws {
    _ = try ScopeOptions.ids(id, global)
    try scopes.validate(with: global)
    try global.requireTableOrJSON("invoke")
    guard (1...1_000_000).contains(maxTokens) else { throw ValidationError("--max-tokens takes 1 to 1000000.") }
    if let deadline, !(deadline > 0 && deadline <= 31_536_000) {
      throw ValidationError("--deadline takes seconds, above 0 and at most 31536000.")
    }
  }

  func run() async throws {
    let console = global.console
    // Before the request, which is paid for.
    _ = try await OutputFile("-", console)
    let ids = try ScopeOptions.ids(id, global)
    let text = prompt == "-" ? try StandardInput.text() : prompt
    guard !text.isEmpty else { throw ValidationError("The prompt is empty.") }
    let (client, usage) = try await global.withExportedSession { session in
      let client = try await global.modelClient(for: ids, scopes, in: session, options: options(), tellsListing: false)
      let request = try request(text, for: client)
      do {
        return (client, stream ? try await streamed(request, client, console) : try await whole(request, client, console))
      } catch {
        if let lost = InvocationText.lost(client.total) { console.note("bedquota: \(lost)") }
        throw Self.withListing(client.firstClient.resolution, error)
      }
    }
    for note in client.notes { console.note("bedquota: \(note)") }
    if let usage {
      // The request is the only one.
      let served = client.candidates.first { $0.client.statistics.succeeded > 0 } ?? client.candidates[0]
      let cost = InvocationText.cost(usage, client.total, served.client.resolution)
      console.note(served.label.isEmpty ? cost : "\(served.label): \(cost)")
    }
  }

  /// The error, and if the service answered with it, that the account doesn't list the id.
  private static func withListing(_ resolution: Resolution, _ error: any Error) -> any Error {
    guard var failure = error as? AWSClientError, failure.service != nil, let note = resolution.listingNote else { return error }
    failure.message += " \(note)"
    return failure
  }

  private func options() throws -> QuotaAwareClient.Options {
    var options = QuotaAwareClient.Options()
    try calling.apply(to: &options, global.console)
    options.countsTokens = countTokens
    // A single request is admitted whatever others use, so reading recent use would only cost CloudWatch calls.
    options.looksAtRecentUse = false
    options.deadline = deadline.map { .seconds($0) }
    return options
  }

  /// - Parameter client: has the ids that may take it.
  private func request(_ text: String, for client: any ModelClient) throws -> ModelRequest {
    let first = client.formingClient.resolution
    let api = api?.api ?? ModelRequest.API(forPromptTo: first)
    for other in client.candidates.map(\.client.resolution) {
      // An API that the user names is the one for all ids.
      let own = self.api == nil ? ModelRequest.API(forPromptTo: other) : nil
      guard !api.serves(first.modelID, and: other.modelID, with: own) else { continue }
      throw BedquotaError(
        .request, "\(first.id) and \(other.id) take different requests; name ids that take the same ones.", parameters: ["api"])
    }
    guard let request = ModelRequest(prompt: text, api, for: first.modelID, maxTokens: maxTokens) else {
      throw BedquotaError(.request, "The form of a body for \(id) is not known; leave out --api invoke.")
    }
    return request
  }

  private func whole(_ request: ModelRequest, _ client: any ModelClient, _ console: Console) async throws
    -> TokenUsage?
  {
    let reply = try await ProgressLine.with(console, "Asking \(id) …") { _ in try await client.send(request, gate: nil) }
    let body = String(decoding: reply.body, as: UTF8.self)
    if global.output == .json {
      console.print(body.escapedJSON)
    } else {
      let text = reply.text ?? body
      var wrapping = console.replyWrapping
      console.print(reply: text, &wrapping)
      console.print(part: wrapping.end() + (text.hasSuffix("\n") ? "" : "\n"))
    }
    return reply.usage
  }

  private func streamed(_ request: ModelRequest, _ client: any ModelClient, _ console: Console) async throws
    -> TokenUsage?
  {
    let stream = try await client.stream(request)
    var (endsLine, wrapping) = (true, console.replyWrapping)
    // Also before the line of an error.
    defer { console.print(part: wrapping.end() + (endsLine ? "" : "\n")) }
    for try await event in stream {
      if global.output == .json {
        console.print(InvocationText.line(event))
      } else if let text = event.text {
        console.print(reply: text, &wrapping)
        endsLine = text.isEmpty ? endsLine : text.hasSuffix("\n")
      }
    }
    return stream.usage
  }
}
