/// The canonical form of a request, which client and server hash to compute the signature.
///
/// Source: "Create a signed AWS API request", docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
struct CanonicalRequest: Sendable {
  /// The method, path, query, headers, names of the signed headers and hash of the body, one a line.
  let text: String
  /// Names of the signed headers for the Authorization header, such as `host;x-amz-date`.
  let signedHeaders: String

  /// - Parameters:
  ///   - target: path and query as they go over the wire.
  ///   - headers: those to sign, in their order on the wire; equal names become one line.
  init(
    method: String, target: String, headers: [(name: String, value: String)], bodyHash: String,
    normalizePath: Bool = true, encodePath: Bool = true
  ) {
    let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
    let path = Self.path(mark.map { String(target[..<$0]) } ?? target, normalize: normalizePath, encode: encodePath)
    let query = mark.map { Self.query(target[target.utf8.index(after: $0)...]) } ?? ""
    let folded = Self.fold(headers)
    signedHeaders = folded.map(\.name).joined(separator: ";")
    let lines = folded.map { "\($0.name):\($0.value)\n" }.joined()
    text = "\(method)\n\(path)\n\(query)\n\(lines)\n\(signedHeaders)\n\(bodyHash)"
  }

  /// All services but S3 drop `.`, `..` and empty segments, then encode the path once more than on the wire.
  private static func path(_ raw: String, normalize: Bool, encode: Bool) -> String {
    var path = raw.isEmpty ? "/" : raw
    if normalize, !isNormal(path.utf8) {
      var kept: [Substring] = []
      for segment in path.split(separator: "/", omittingEmptySubsequences: true) where segment != "." {
        if segment == ".." { _ = kept.popLast() } else { kept.append(segment) }
      }
      let trailing = path.hasSuffix("/") && !kept.isEmpty ? "/" : ""
      path = "/" + kept.joined(separator: "/") + trailing
    }
    return encode ? PercentEncoding.encode(path, keepSlash: true) : path
  }

  /// Whether a path begins with a slash, and no segment is empty or begins with a dot, as nearly all do.
  private static func isNormal(_ path: String.UTF8View) -> Bool {
    var last: UInt8?
    for byte in path {
      guard
        last == UInt8(ascii: "/")
          ? byte != UInt8(ascii: "/") && byte != UInt8(ascii: ".") : last != nil || byte == UInt8(ascii: "/")
      else { return false }
      last = byte
    }
    return true
  }

  /// Sorted by encoded name, then by encoded value, as bytes.
  private static func query(_ raw: Substring) -> String {
    raw.split(separator: "&", omittingEmptySubsequences: true)
      .map { pair -> (String, String) in
        let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let value = sides.count > 1 ? sides[1] : ""
        return (PercentEncoding.normalize(sides[0]), PercentEncoding.normalize(value))
      }
      .sorted { $0.0 == $1.0 ? lessAsBytes($0.1, $1.1) : lessAsBytes($0.0, $1.0) }
      .map { "\($0.0)=\($0.1)" }
      .joined(separator: "&")
  }

  /// Sorts headers by lower-case name, joins values of equal names by commas, and turns each run of white space into one space.
  private static func fold(_ headers: [(name: String, value: String)]) -> [(name: String, value: String)] {
    var folded: [(name: String, value: String)] = []
    folded.reserveCapacity(headers.count)
    for (name, value) in headers {
      let name = name.utf8.contains { (65...90).contains($0) || $0 > 127 } ? name.lowercased() : name
      // Requests have few headers that are signed, so looking through them is faster than hashing.
      if let index = folded.firstIndex(where: { $0.name == name }) {
        folded[index].value += "," + trimmed(value)
      } else {
        folded.append((name, trimmed(value)))
      }
    }
    return folded.sorted { lessAsBytes($0.name, $1.name) }
  }

  private static func trimmed(_ value: String) -> String {
    if isTrimmed(value.utf8) { return value }
    return value.split(whereSeparator: { $0 == " " || $0 == "\t" || $0.isNewline }).joined(separator: " ")
  }

  /// Whether a value is ASCII without other white space than single blanks between words, as nearly all are.
  private static func isTrimmed(_ value: String.UTF8View) -> Bool {
    var last = UInt8(ascii: " ")
    for byte in value {
      guard byte == UInt8(ascii: " ") ? last != byte : (33...126).contains(byte) else { return false }
      last = byte
    }
    return last != UInt8(ascii: " ") || value.isEmpty
  }

  private static func lessAsBytes(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
  }
}
