import Bedquota
import BedrockQuotas

/// The sentences below the tables of `routes`.
enum RouteText {
  /// Whether the account may invoke the model.
  static func access(_ routes: ModelRoutes) -> String? {
    guard routes.routes.contains(where: { $0.kind != .mantle }) else { return nil }
    let place = routes.place.map { " (\($0.words))" } ?? ""
    guard let access = routes.access else { return "Access to the model\(place): unknown." }
    let told = [
      access.entitlement.map { "entitlement \($0)" }, access.authorization, access.agreement.map { "agreement \($0)" },
      access.region.map { "Region \($0)" },
    ].compactMap(\.self)
    return "Access to the model\(place): \(told.isEmpty ? "AWS doesn't say" : "AWS says \(told.joined(separator: ", "))")."
  }

  /// What the pools allow together, and what must not be added.
  static func total(_ total: RouteTotal, _ answers: [ModelRoutes]) -> [String] {
    var lines: [String] = []
    if let tokens = total.tokensPerMinute {
      let parts = total.parts.map { "pool \($0.pool) \(Figures.grouped($0.tokens))\($0.scope == .global ? " (global)" : "")" }
      lines.append(
        parts.count == 1
          ? "Together \(Figures.grouped(tokens)) tokens per minute, all of pool \(total.parts[0].pool)."
          : "Together \(Figures.grouped(tokens)) tokens per minute: \(parts.joined(separator: " + ")).")
    }
    if !total.unknown.isEmpty {
      lines.append("No quota of tokens per minute is known for \(pools(total.unknown)).")
    }
    for shared in total.shared { lines.append("\(pools(shared.pools).capitalizedFirst) share \(shared.code): \(shared.name).") }
    if let mantle = total.mantle {
      lines.append(
        "bedrock-mantle counts apart, and is not in that sum: \(Figures.grouped(mantle.input)) input and \(Figures.grouped(mantle.output)) output tokens per minute."
      )
    }
    if answers.contains(where: { $0.routes.contains { $0.kind == .provisioned && $0.isUsable } }) {
      lines.append(
        "What a provisioned throughput adds is not public: AWS tells the throughput of a model unit when it is bought.")
    }
    return lines
  }

  /// Lines for a gateway's configuration.
  /// - Parameter hasMantle: whether a route of bedrock-mantle can be used, which no list names.
  static func configuration(_ models: GatewayModels, hasMantle: Bool) -> [TerminalPart] {
    guard !models.lists.isEmpty || !models.apart.isEmpty else {
      return [
        "",
        hasMantle
          ? "No route of bedrock-runtime can be named here; requests to bedrock-mantle name the model itself."
          : "No route can be used, so a gateway's configuration would name none.",
      ]
    }
    let lines = yaml(models).map { line in TerminalPart.verbatim("\(line)") }
    return ["", "For the configuration of a gateway, a name for the routes of one geography:", ""] + lines
  }

  /// The same as text of the file.
  static func yaml(_ models: GatewayModels) -> [String] {
    let lists = models.lists.map { list in
      let regions = models.lists.count > 1 ? "  # \(list.regions.joined(separator: ", "))" : ""
      return "  \(list.name): [\(list.entries.map(entry).joined(separator: ", "))]\(regions)"
    }
    let apart = models.apart.map { route in
      let place = route.isGlobal ? "in any commercial Region" : "in \(route.destinations.joined(separator: ", "))"
      return "  # \(scalar(route.id)) would process requests \(place)"
    }
    return ["models:"] + lists + apart
  }

  /// `us.anthropic.claude-opus-4-7`, or `{id: anthropic.claude-opus-4-7, region: us-east-1}`
  private static func entry(_ entry: GatewayModels.Entry) -> String {
    entry.region.map { "{id: \(scalar(entry.id)), region: \($0)}" } ?? scalar(entry.id)
  }

  /// A text with a colon is quoted, as some readers of YAML take a colon in a list for a mapping.
  private static func scalar(_ text: String) -> String {
    text.utf8.allSatisfy { $0 != UInt8(ascii: ":") } ? text : JSONWriter.quoted(text)
  }

  /// `pool 1`, `pools 1 and 3`
  private static func pools(_ numbers: [Int]) -> String {
    let texts = numbers.map { "\($0)" }
    guard let last = texts.last, texts.count > 1 else { return "pool \(texts.first ?? "")" }
    return "pools \(texts.dropLast().joined(separator: ", ")) and \(last)"
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
