package import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPCompression

/// Decompresses request bodies. botocore compresses large requests to CloudWatch and signs the compressed bytes.
package enum RequestBody {
  /// The limit of a decompressed body, in bytes.
  private static let inflatedBytesMax = 16 * 1_024 * 1_024

  /// The body, decompressed if `Content-Encoding` is gzip or deflate.
  /// - Throws: ``AWSFault`` if it isn't valid or is longer than 16 MiB.
  package static func inflated(_ request: ServerRequest) throws(AWSFault) -> Data {
    let encoding = request.header("content-encoding")?.lowercased() ?? ""
    guard encoding == "gzip" || encoding == "deflate" else { return request.body }
    do {
      return try inflate(request.body, encoding)
    } catch {
      throw AWSFault(
        code: "SerializationException", message: "The request body is not valid \(encoding), or is too large.", isModelled: false)
    }
  }

  /// Runs NIO's decompressor in a pipeline of its own.
  private static func inflate(_ body: Data, _ encoding: String) throws -> Data {
    let channel = EmbeddedChannel(handler: NIOHTTPRequestDecompressor(limit: .size(inflatedBytesMax)))
    defer { _ = try? channel.finish() }
    let headers: HTTPHeaders = ["Content-Encoding": encoding, "Content-Length": "\(body.count)"]
    try channel.writeInbound(HTTPServerRequestPart.head(.init(version: .http1_1, method: .POST, uri: "/", headers: headers)))
    try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(bytes: body)))
    try channel.writeInbound(HTTPServerRequestPart.end(nil))
    var out = Data()
    while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
      if case .body(let buffer) = part { out.append(contentsOf: buffer.readableBytesView) }
    }
    return out
  }
}
