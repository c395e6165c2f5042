import AWSClient
import AWSWire
import Bedquota
import Foundation
import HTTPTypes
import NIOCore

/// A reply of AWS with another status than 200 to 299, as it came: the caller gets its bytes if no other attempt follows.
struct UpstreamRefusal: Sendable {
  /// The most of such a body that is kept, in bytes; AWS's are a few hundred.
  static let bodyBytesMax = 1_024 * 1_024

  var status: Int
  var headers: [(name: String, value: String)]
  var body: Data
  /// Whether the body came to its end, and was kept to its end.
  private(set) var isWhole = false

  /// Reads the whole reply. If its body breaks off, its status still says that nothing was paid.
  init(_ reply: any UpstreamReply, bytesMax: Int = bodyBytesMax) async throws {
    (status, headers, body) = (reply.status, reply.headers, Data())
    defer { reply.cancel() }
    do {
      while let part = try await reply.next() {
        guard body.count + part.readableBytes <= bytesMax else { return }
        body.append(contentsOf: part.readableBytesView)
      }
      isWhole = true
    } catch is AWSClientError {}
  }

  /// What the reply says, for those who decide whether another attempt makes sense.
  func error(of operation: String, now: Date) -> AWSClientError {
    let service = service
    var error = AWSClientError(
      .service, "\(operation) failed with \(service.code) (HTTP \(status)).", operation: operation, service: service)
    error.retryAfter = RetryAfter.delay(fields, now: now)
    return error
  }

  /// The error by AWS's name for it.
  var service: AWSClientError.Service {
    let head = HTTPResponse(status: .init(code: status), headerFields: fields)
    return ServiceErrorParser.parse(AWSHTTPResponse(head: head, body: body), as: .restJSON)
  }

  /// AWS's id of the request.
  var requestID: String? { RelayHeaders.requestID(headers) }

  private var fields: HTTPFields {
    var fields = HTTPFields()
    for (name, value) in headers {
      if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
    return fields
  }

  /// Whether AWS refused the gateway's own identity, which is no fault of the caller.
  var refusesIdentity: Bool { status == 401 || status == 403 }
}
