/// The parts of a model's label, by which an id, a listed name and a quota's subject can be compared.
/// `Anthropic Claude 3.5 Sonnet`, `Claude 3.5 Sonnet` and `claude-3-5-sonnet` have the same words, versions and sizes.
struct ModelLabel: Sendable, Equatable {
  /// `claude`, `sonnet`; without the provider's words.
  private(set) var words: Set<String> = []
  /// Version numbers, sorted, without trailing `.0`: `3.5`, `2402`.
  private(set) var versions: [String] = []
  /// The members of ``versions`` that were written with a `v`.
  private(set) var vVersions: [String] = []
  /// The version at the end of the text, if there is one.
  private(set) var lastVersion: String?
  /// Parameter counts: `8b`, `8x7b`.
  private(set) var sizes: Set<String> = []
  /// Active parameters of a mixture of experts: `a22b`.
  private(set) var activeSizes: Set<String> = []
  /// Context lengths: `200k`.
  private(set) var contexts: Set<String> = []
  /// Whether the provider's own name was in the text.
  private(set) var namesProvider = false

  /// - Parameter providerWords: words of the provider's name, in lower case without dots; they are left out.
  init(_ text: some StringProtocol, providerWords: Set<String>) {
    var spaced = text.lowercased()
    if spaced.utf8.contains(UInt8(ascii: "+")) { spaced = spaced.replacing("+", with: " plus ") }
    for bytes in spaced.utf8.split(whereSeparator: { ASCII.isSpace($0) || Self.separators.contains($0) }) {
      let chunk = Substring(bytes)
      let tokens = bytes.split(separator: UInt8(ascii: "-")).map { Substring($0) }
      // "Stability.ai": dots within a provider's name don't matter.
      if providerWords.contains(Self.bare(chunk)) {
        namesProvider = true
        continue
      }
      var open = false  // Whether the last token was a short number that the next one may continue: 4-6 is 4.6.
      for token in tokens {
        let count = versions.count
        open = add(token, continuing: open, providerWords: providerWords)
        lastVersion = versions.count > count ? versions.last : nil
      }
    }
    versions.sort()
  }

  private static let separators = Array("(),/_".utf8)

  private mutating func add(_ raw: Substring, continuing open: Bool, providerWords: Set<String>) -> Bool {
    var token = raw
    while let last = token.utf8.last, last == UInt8(ascii: ".") || last == UInt8(ascii: ":") { token = token.dropLast() }
    if token.isEmpty { return false }
    if providerWords.contains(Self.bare(token)) {
      namesProvider = true
      return false
    }
    if token.utf8.allSatisfy(ASCII.isDigit) {
      if token.count == 8, token.hasPrefix("20") { return false }  // A release date.
      if open, token.count <= 2, let last = versions.popLast() {
        versions.append(Self.canonical("\(last).\(token)"))
        return true
      }
      versions.append(Self.canonical(String(token)))
      return token.count <= 2
    }
    if let size = Self.size(token) {
      sizes.insert(size)
    } else if token.first == "a", let size = Self.size(token.dropFirst()) {
      activeSizes.insert(size)
    } else if let last = token.last, last == "k" || last == "m", token.dropLast().utf8.allSatisfy(ASCII.isDigit) {
      contexts.insert(String(token))
    } else if Self.isVersion(token) {
      versions.append(Self.canonical(String(token)))
    } else if token.first == "v", Self.isVersion(token.dropFirst()) {
      let version = Self.canonical(String(token.dropFirst()))
      versions.append(version)
      vVersions.append(version)
    } else if let digit = token.utf8.firstIndex(where: ASCII.isDigit), digit > token.startIndex, Self.isVersion(token[digit...]) {
      addWord(token[..<digit])
      if token == "g1" { return false }  // Titan's first generation, which ids leave out.
      versions.append(Self.canonical(String(token[digit...])))
      return token[digit...].utf8.allSatisfy(ASCII.isDigit)
    } else {
      addWord(token)
    }
    return false
  }

  private mutating func addWord(_ token: Substring) {
    switch token {
    case "and", "the", "g": break
    case "embedding", "embeddings": words.insert("embed")
    default: words.insert(String(token))
    }
  }

  private static func bare(_ text: Substring) -> String {
    String(decoding: text.utf8.filter { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") }, as: UTF8.self)
  }

  private static func isVersion(_ token: Substring) -> Bool {
    !token.isEmpty
      && token.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
        !$0.isEmpty && $0.utf8.allSatisfy(ASCII.isDigit)
      }
  }

  /// The parameter count, such as `8b`, `0.5b` or `8x7b`; AWS has spelled one `8X7BB`.
  private static func size(_ token: Substring) -> String? {
    var number = token
    while number.last == "b" { number = number.dropLast() }
    guard number.count < token.count, !number.isEmpty else { return nil }
    return number.split(separator: "x", omittingEmptySubsequences: false).allSatisfy(isVersion) ? "\(number)b" : nil
  }

  /// The version without trailing `.0`: `3.0` becomes `3`, and `24.02`, a year and month, becomes `2402`.
  private static func canonical(_ version: String) -> String {
    var parts = version.split(separator: ".")
    if parts.count == 2, parts[0].count == 2, parts[1].count == 2, parts[0] > "20" { return parts.joined() }
    while parts.count > 1, parts.last?.allSatisfy({ $0 == "0" }) == true { parts.removeLast() }
    return parts.joined(separator: ".")
  }
}

extension ModelLabel {
  /// The label without one of its versions, for a name that spells out the id's revision.
  func removing(version: String) -> ModelLabel {
    var copy = self
    if let index = copy.versions.firstIndex(of: version) { copy.versions.remove(at: index) }
    return copy
  }
}
