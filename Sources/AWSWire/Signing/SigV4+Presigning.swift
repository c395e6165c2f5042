package import Foundation

extension SigV4 {
  /// Signs a request without a body in its URL ("presigned"). Its only signed header is `host`.
  ///
  /// The parameters have the order of botocore's `SigV4QueryAuth`: first the request's own, then the signature's.
  /// - Parameters:
  ///   - path: as it goes over the wire.
  ///   - parameters: of the query, as they are before they are encoded.
  ///   - expires: seconds from the date for which the signature is valid, at most ``SigV4Query/expiresMax``.
  ///   - keys: keeps derived keys between calls; nil: the key is derived.
  /// - Returns: path and query. Whoever has them can make the request until they expire.
  package func presign(
    method: String, host: String, path: String, parameters: [(name: String, value: String)], expires: Int, date: Date,
    keys: SigningKeys? = nil
  ) -> String {
    let stamp = AWSDate.basic(date)
    let day = String(stamp.prefix(8))
    let scope = "\(day)/\(region)/\(service)/aws4_request"
    var own: [(name: String, value: String)] = [
      (name: "X-Amz-Algorithm", value: Self.algorithm), (name: "X-Amz-Credential", value: "\(credentials.accessKeyID)/\(scope)"),
      (name: "X-Amz-Date", value: stamp), (name: "X-Amz-Expires", value: "\(expires)"),
      (name: "X-Amz-SignedHeaders", value: "host"),
    ]
    if let token = credentials.sessionToken { own.append((name: "X-Amz-Security-Token", value: token)) }
    let pairs = (parameters + own).map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
    let target = "\(path)?\(pairs.joined(separator: "&"))"
    let canonical = CanonicalRequest(
      method: method, target: target, headers: [(name: "Host", value: host)], bodyHash: Self.bodyHash(Data()),
      normalizePath: options.normalizePath, encodePath: options.encodePath)
    let text = Self.stringToSign(canonical: canonical.text, stamp: stamp, scope: scope)
    let key =
      keys?.key(secret: credentials.secretAccessKey, day: day, region: region, service: service)
      ?? SigningKey(secret: credentials.secretAccessKey, day: day, region: region, service: service)
    return "\(target)&X-Amz-Signature=\(key.signature(of: text))"
  }
}
