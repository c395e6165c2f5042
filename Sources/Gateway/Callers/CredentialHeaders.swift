import AWSServer
import AWSWire

/// The headers of a request that say who sent it, found in one pass.
struct CredentialHeaders {
  private(set) var authorization: String?
  private(set) var apiKey: String?
  private(set) var date: String?
  private(set) var host: String?
  private(set) var bodyHash: String?
  private var contentType: String?
  private(set) var hasOrigin = false
  /// A header that is there twice, which two servers could read in two ways.
  private(set) var doubled: String?
  /// AWS's other headers.
  private var others: [String] = []

  /// - Parameter headers: with names in lower case.
  init(_ headers: [(name: String, value: String)]) {
    for (name, value) in headers {
      let isDouble =
        switch name {
        case "authorization": Self.isTaken(&authorization, by: value)
        case "x-api-key": Self.isTaken(&apiKey, by: value)
        case "x-amz-date": Self.isTaken(&date, by: value)
        case "host": Self.isTaken(&host, by: value)
        case "x-amz-content-sha256": Self.isTaken(&bodyHash, by: value)
        case "content-type": Self.isTaken(&contentType, by: value)
        // Each has one meaning, and servers take the first or the last.
        default: name.utf8.starts(with: "x-amz".utf8) && isTaken(name)
        }
      if isDouble { doubled = name }
      // Browsers send no Origin with a GET that a page makes for an image, say, but tell that a page made it.
      if name == "origin" || (name == "sec-fetch-site" && value != "none") { hasOrigin = true }
    }
  }

  /// Sets a field to its first value; true if it has one already.
  private static func isTaken(_ field: inout String?, by value: String) -> Bool {
    defer { field = field ?? value }
    return field != nil
  }

  private mutating func isTaken(_ name: String) -> Bool {
    defer { others.append(name) }
    return others.contains(name)
  }

  /// Whether a web page may have made the request: it has `Origin`, or its `Host` is a name that a page can make point here.
  var isFromBrowser: Bool { hasOrigin || !isForLoopback }

  /// Whether the request was sent to a name or an address that only this machine can mean.
  var isForLoopback: Bool {
    guard let host else { return false }
    let isBracketed = host.hasPrefix("[")
    let end = isBracketed ? host.firstIndex(of: "]") : host.firstIndex(of: ":") ?? host.endIndex
    guard let end else { return false }
    let port = host[end...].dropFirst(isBracketed ? 1 : 0)
    guard port.isEmpty || port.first == ":" && port.dropFirst().utf8.allSatisfy({ (48...57).contains($0) }) else { return false }
    return LoopbackName.contains(String(host[..<end].dropFirst(isBracketed ? 1 : 0)))
  }

  /// The token of an Authorization header; nil for another scheme.
  var bearerToken: Substring? {
    // The name of the scheme has no case (RFC 9110, 11.1).
    guard let authorization, let blank = authorization.utf8.firstIndex(of: UInt8(ascii: " ")),
      authorization.utf8.distance(from: authorization.startIndex, to: blank) == 6,
      authorization[..<blank].lowercased() == "bearer"
    else { return nil }
    return authorization[blank...].drop { $0 == " " }
  }
}
