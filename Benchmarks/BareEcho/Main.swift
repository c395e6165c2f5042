import Crypto
import Foundation
import Hummingbird
import Logging

/// The least that a server on Hummingbird can do with a POST: it reads the body, hashes it and sends it back.
/// `scripts/benchmark-emulator` measures the emulator against it.
@main
struct BareEcho {
  static func main() async throws {
    let responder = CallbackResponder<BasicRequestContext> { request, _ in
      let body = try await request.body.collect(upTo: 1_048_576)
      let hash = SHA256.hash(data: Data(body.readableBytesView)).map { String($0, radix: 16) }.joined()
      return Response(status: .ok, headers: [.eTag: hash], body: .init(byteBuffer: body))
    }
    let application = Application(
      responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { channel in
        // Written at once: print buffers its lines if stdout is a pipe.
        FileHandle.standardOutput.write(Data("http://127.0.0.1:\(channel.localAddress?.port ?? 0)\n".utf8))
      }, logger: Logger(label: "bare-echo") { _ in SwiftLogNoOpLogHandler() })
    try await application.runService()
  }
}
