import Bedquota
import Foundation
import Testing

/// The code of the article "Use several quotas", which compiles here.
enum SeveralQuotasExample {
  static func send(_ id: String) async throws {
    try await BedquotaSession.with { session in
      var candidates: [QuotaRouter.Candidate] = []
      for region in ["us-east-1", "us-west-2"] {
        let client = try await QuotaAwareClient(id, session: session.with(region: region))
        candidates.append(.init(region, client))
      }
      let router = try QuotaRouter(candidates)
      let reply = try await router.send(ModelRequest(prompt: "How are you?", maxTokens: 200))
      print(reply.text ?? "")
      for scope in router.statistics.scopes { print(scope.label, scope.statistics.succeeded) }
    }
  }

  static func run(_ input: URL, _ output: URL, _ router: QuotaRouter) async throws {
    let run = try await BatchRun(input: input, output: output, router: router)
    let progress = try await run.run()
    print(progress.succeeded, progress.failed)
  }
}

struct SeveralQuotasExampleTests {
  @Test func theArticleHasThisCode() throws {
    let here = URL(filePath: #filePath)
    let article = here.appending(path: "../../../../Sources/Bedquota/Bedquota.docc/UseSeveralQuotas.md").standardizedFileURL
    let code = Self.lines(try String(contentsOf: here, encoding: .utf8))
    let blocks = try String(contentsOf: article, encoding: .utf8).components(separatedBy: "```swift\n").dropFirst()
    #expect(blocks.count == 2)
    for block in blocks {
      let text = Self.lines(String(block.prefix(upTo: try #require(block.range(of: "```")).lowerBound)))
      #expect(code.contains(text), "\(text)")
    }
  }

  /// The text without what depends on where it stands.
  private static func lines(_ text: String) -> String {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
  }
}
