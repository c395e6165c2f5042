import FleetStore
import Foundation
import NIOCore
import NIOPosix
import NIOSSL

extension FleetStoreError {
  static let connectionLost = FleetStoreError(
    .unavailable, "The connection to the fleet's store was lost; it is made again by itself.")
  static let tooManyCommands = FleetStoreError(
    .unavailable, "Too many operations wait for the fleet's store; look whether it is overloaded.")
  static let closed = FleetStoreError(.unavailable, "The connection to the fleet's store has been closed; open a new one.")

  /// - Parameter reason: what is wrong with the bytes.
  static func notRESP(_ reason: String) -> FleetStoreError {
    FleetStoreError(
      .unavailable,
      """
      The fleet's store sent what isn't Redis's protocol (\(reason)); look whether the address is that of a Redis or Valkey \
      server.
      """)
  }

  /// A failure of the network, in words.
  static func connection(_ error: any Error) -> FleetStoreError {
    switch error {
    case let error as FleetStoreError: error
    case let error as IOError:
      unreachable(reason(error))
    case let error as NIOConnectionError:
      if let dns = error.dnsAError ?? error.dnsAAAAError {
        FleetStoreError(.unavailable, "The host of the fleet's store has no address (\(dns)); look at its name.")
      } else {
        unreachable(error.connectionErrors.first.map { reason($0.error) } ?? "no address answers")
      }
    case is ChannelError: .connectionLost
    case let error as NIOSSLError: tls("\(error)")
    case let error as BoringSSLError: tls("\(error)")
    case let error as NIOSSLExtraError: tls(error.description)
    default: FleetStoreError(.unavailable, "The connection to the fleet's store failed: \(type(of: error)).")
    }
  }

  private static func unreachable(_ reason: String) -> FleetStoreError {
    FleetStoreError(.unavailable, "The fleet's store can't be reached (\(reason)); look whether it runs.")
  }

  private static func tls(_ reason: String) -> FleetStoreError {
    let short = String(reason.filter { $0.isASCII && !$0.isNewline }.prefix(160))
    return FleetStoreError(
      .unavailable,
      """
      TLS with the fleet's store failed (\(short)); its certificate must name the host and come from a known authority, or \
      from the one that the address names with ?ca=FILE.
      """)
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? IOError else { return "\(type(of: error))" }
    return String(cString: strerror(error.errnoCode))
  }

  /// A server's error reply to a command that isn't the script.
  static func reply(_ reply: RESPErrorReply) -> FleetStoreError {
    switch reply {
    case .other(let line):
      FleetStoreError(.response, "The fleet's store answered with an error: \(line.withoutFullStop).")
    case .lost(let line):
      FleetStoreError(.unavailable, "The fleet's store can't do it now: \(line.withoutFullStop).")
    case .moved, .ask:
      FleetStoreError(
        .unavailable, "The nodes of the fleet's store send each other's clients on; wait until the cluster is stable.")
    case .noScript, .forbidden, .permission:
      FleetStoreError(
        .permission,
        "The user of the fleet's store may not do this: \(reply.line); allow it \(SyncScript.commands.joined(separator: " ")) and the keys of its prefix."
      )
    case .credentials:
      FleetStoreError(
        .credentials,
        "The fleet's store did not take the user and password; correct them in the variable or file that holds its address.")
    case .wrongType: corrupt("keys")
    case .refusal(let line): FleetStoreError(.response, "The fleet's store refused: \(line).")
    }
  }
}

extension RESPErrorReply {
  /// The server's words.
  fileprivate var line: String {
    switch self {
    case .forbidden(let line), .permission(let line), .lost(let line), .credentials(let line), .other(let line),
      .refusal(let line):
      line
    case .noScript: "no script"
    case .moved, .ask: "moved"
    case .wrongType: "wrong type"
    }
  }
}

extension String {
  /// A server's line, which gets a full stop from the sentence that it stands in.
  fileprivate var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
