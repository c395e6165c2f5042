import Foundation
import NIOCore

/// The reason why a server can't start or continue, in a sentence for people.
package struct HTTPServerError: Error, CustomStringConvertible {
  package var message: String
  /// The parameters to change, named as in Swift: `host`, `port`, `tlsCertificate`, `tlsKey`. The list is empty if
  /// none helps.
  package var parameters: [String]
  /// The error that caused this one, if any.
  package var underlying: (any Error)?

  package var description: String { message }

  init(_ message: String, parameters: [String] = [], underlying: (any Error)? = nil) {
    self.message = message
    self.parameters = parameters
    self.underlying = underlying
  }

  init(_ error: any Error, host: String, port: Int) {
    switch error {
    case let error as IOError:
      let reason = String(cString: strerror(error.errnoCode))
      self.init(
        "Can't listen on \(host):\(port) (\(reason)); choose another port or host.", parameters: ["port", "host"],
        underlying: error)
    case is SocketAddressError.UnknownHost:
      self.init(
        "Can't listen on \(host):\(port): no such host; choose another host.", parameters: ["host"], underlying: error)
    default: self.init("The server on \(host):\(port) failed: \(error).", underlying: error)
    }
  }
}
