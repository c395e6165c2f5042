public import AdmissionControl
public import ArgumentParser
import Bedquota
import BedrockQuotas
import Foundation

extension LimiterConfiguration.Profile: ExpressibleByArgument {
  public init?(argument: String) {
    switch argument {
    case "auto": self = .auto
    case "bucket": self = .bucket
    case "strict": self = .strict
    default: return nil
    }
  }
}

struct InvokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "invoke",
    abstract: "Send one prompt through the quota-aware client.",
    discussion: """
      Prints the reply on stdout, and on stderr what it used and what it cost in quota tokens. It costs money: one request, of the \
      model's price. A prompt of - is read from stdin.
      IAM actions: bedrock:InvokeModel, and those of bedquota resolve.

      EXAMPLE: bedquota invoke us.amazon.nova-pro-v1:0 "How are you?" --max-tokens 200
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: ArgumentHelp("A model id, inference profile id or ARN.", valueName: "id"))
  var id: String

  @Argument(help: ArgumentHelp("What to ask; - reads it from stdin.", valueName: "prompt"))
  var prompt: String

  @Option(name: .customLong("max-tokens"), help: ArgumentHelp("The most output tokens. (default: 1000)", valueName: "n"))
  var maxTokens = 1_000

  @Option(help: "What is believed of the quota's window: auto, bucket or strict.")
  var limiter = LimiterConfiguration.Profile.auto

  func validate() throws {
    _ = try InvokedID.parse(id, facts: try global.facts())
    guard (1...1_000_000).contains(maxTokens) else { throw ValidationError("--max-tokens takes 1 to 1000000.") }
  }

  func run() async throws {
    let facts = try global.facts()
    let console = global.console
    let invoked = try InvokedID.parse(id, facts: facts)
    let text = prompt == "-" ? String(decoding: try FileHandle.standardInput.readToEnd() ?? Data(), as: UTF8.self) : prompt
    guard !text.isEmpty else { throw ValidationError("The prompt is empty.") }
    let request = ModelRequest(prompt: text, maxTokens: maxTokens)
    var options = QuotaAwareClient.Options()
    options.profile = limiter
    let (reply, notes) = try await global.withSession(forInference: true) { [options, id] session in
      try await ProgressLine.with(console, "Asking \(id) …") { progress in
        let context = try await session.context(for: [invoked], facts: facts, console, progress)
        let client = QuotaAwareClient(context.resolver.resolve(invoked, id: id), session: session, options: options)
        return (try await client.send(request), client.notes)
      }
    }
    for note in notes { console.note("bedquota: \(note)") }
    if global.output == .json {
      console.print(String(decoding: reply.body, as: UTF8.self))
    } else {
      console.print(reply.text ?? String(decoding: reply.body, as: UTF8.self))
    }
    if let used = reply.used {
      console.note("\(Figures.grouped(used.input)) input and \(Figures.grouped(used.output)) output tokens")
    }
  }
}
