import AWSClient
import AWSServer
import AWSWire
import Bedquota
import Foundation
import NIOCore
import Synchronization

/// To the client.
extension InvocationRelay {
  /// Replies up to this size, in bytes, are sent in one piece, which takes fewer system calls.
  private static let wholeBytesMax = 64 * 1_024

  /// Relays a reply that has begun.
  @inline(never)
  func begin(_ open: OpenReply, _ plan: Plan) async throws -> ServerResponse {
    let (waited, limit, candidate) = state.withLock { state in
      state.record.status = open.upstream.status
      state.record.upstreamID = open.requestID
      return (state.record.waited, state.record.waits.last, state.candidate)
    }
    var headers = RelayHeaders.downstream(from: open.upstream.headers, keepsLength: true)
    headers.append(("x-bedquota-waited-ms", "\(Int64(waited / .milliseconds(1)))"))
    if let limit { headers.append(("x-bedquota-limit", "\(limit.code ?? "none") \(limit.measure.rawValue)")) }
    if let candidate, let route = plan.route {
      headers.append(("x-bedquota-route", route.model.candidates[candidate].place.publicLabel))
    }
    var response = ServerResponse(status: open.upstream.status, headers: headers, body: Data())
    guard plan.isStreamed else {
      let (begun, isAll) = try await client.whilePresent { try await self.gathered(open, plan) }
      if isAll {
        response.headers.removeAll { $0.name.lowercased() == "content-length" }
        response.body = Data(begun.readableBytesView)
      } else {
        response.stream = stream(of: open, plan, after: begun)
      }
      return response
    }
    response.stream = stream(of: open, plan, after: nil)
    return response
  }

  /// The beginning of a reply, as much as is sent in one piece.
  private func gathered(_ open: OpenReply, _ plan: Plan) async throws -> (bytes: ByteBuffer, isAll: Bool) {
    var bytes = ByteBuffer()
    do {
      while let part = try await open.next() {
        firstByteArrived()
        if bytes.readableBytes == 0 { bytes = part } else { bytes.writeImmutableBuffer(part) }
        if bytes.readableBytes > Self.wholeBytesMax { return (bytes, false) }
      }
    } catch {
      // The status is still to come, so the client is told of it.
      open.upstream.cancel()
      let charge = open.invocation.settle(error)
      state.withLock { $0.brokenCharge = charge }
      throw error
    }
    ended(open, plan, bytesOut: bytes.readableBytes)
    return (bytes, true)
  }

  private func stream(of open: OpenReply, _ plan: Plan, after begun: ByteBuffer?) -> ServerResponse.Stream {
    ServerResponse.Stream(
      write: { sink in
        if let begun { try await sink.write(begun) }
        try await self.pass(open, plan, to: &sink, sent: begun?.readableBytes ?? 0)
      }, clientIsGone: {})
  }

  /// Passes the bytes on as they come. A stream never ends as if it were whole when it isn't.
  private func pass(_ open: OpenReply, _ plan: Plan, to sink: inout any ResponseSink, sent: Int) async throws {
    gateway.metrics.streamOpened()
    defer { gateway.metrics.streamClosed() }
    var (bytesOut, bytesTaken) = (sent, sent)
    do {
      while let part = try await open.next() {
        if bytesOut == 0 { firstByteArrived() }
        bytesOut += part.readableBytes
        try await sink.write(part)
        bytesTaken = bytesOut
      }
      if plan.isStreamed, !open.isWhole {
        throw AWSClientError(.transport, "The reply ended before its last event.", operation: api.rawValue)
      }
    } catch {
      // Clients hang up after the last event, and don't wait for the end of the body.
      if error is CancellationError, plan.isStreamed, bytesTaken == bytesOut, open.isComplete {
        open.upstream.cancel()
        ended(open, plan, bytesOut: bytesOut)
        throw error
      }
      update { $0.bytesOut = bytesOut }
      // The client's own connection may be what broke; then nobody reads the tail.
      let tail = error is AWSClientError && plan.isStreamed ? open.tail(error) : nil
      broke(open, error)
      guard let tail else { throw error }
      try await sink.write(tail)
      return
    }
    ended(open, plan, bytesOut: bytesOut)
  }

  private func firstByteArrived() {
    let now = AWSClient.uptimeOfProcess()
    state.withLock { state in
      guard state.record.firstByte == nil else { return }
      state.record.firstByte = now - startedAt
      if let sentAt = state.sentAt, state.record.isStream { state.pool?.times.record(firstByte: now - sentAt) }
    }
  }

  private func ended(_ open: OpenReply, _ plan: Plan, bytesOut: Int) {
    let charge = open.invocation.settle()
    let (sentAt, pool) = state.withLock { state in
      state.record.bytesOut = bytesOut
      (state.record.error, state.record.responseModel) = (open.failure, open.model)
      return (state.sentAt, plan.pool(at: state.candidate))
    }
    if let sentAt, !plan.isStreamed, open.failure == nil { pool.times.record(whole: AWSClient.uptimeOfProcess() - sentAt) }
    end(open.failure == nil ? .succeeded : .broken, charge: charge)
  }

  private func broke(_ open: OpenReply, _ error: any Error) {
    open.upstream.cancel()
    let charge = open.invocation.settle(error)
    let isOurs = error is AWSClientError
    update { record in
      record.responseModel = open.model
      if isOurs { record.error = "BrokenReply" }
    }
    end(isOurs ? .broken : .abandoned, charge: charge)
  }

  /// Tells the client that its request lives, and passes the reply on when it begins. From now on the status is 200.
  @inline(never)
  func keptAlive(_ held: HeldReply<OpenReply>, _ plan: Plan) -> ServerResponse {
    let id = state.withLock { state in
      state.record.status = 200
      return state.record.id
    }
    // At most 15 s; shorter for a client that bears less silence.
    let interval = TimeAmount(max(plan.patience.keepAliveAfter, .seconds(1)))
    var response = ServerResponse(
      status: 200, headers: Self.streamHeaders(api) + [ServedService.requestIDHeader(id)], body: Data())
    response.stream = .init(
      write: { sink in
        repeat {
          try await sink.write(StreamTail.keepAlive(self.api))
          self.gateway.metrics.keptAlive(self.api.streamForm == .eventStream ? .frame : .comment)
          self.update { $0.keepAlives += 1 }
        } while await !held.isReady(within: interval, on: self.loop)
        let open: OpenReply
        do { open = try held.get() } catch {
          guard !(error is CancellationError) else {
            self.end(.abandoned)
            throw error
          }
          // The status is spent, so the stream says it in its own form.
          try await sink.write(StreamTail.failure(self.broken(error), self.api))
          return
        }
        self.update { $0.upstreamID = open.requestID }
        try await self.pass(open, plan, to: &sink, sent: 0)
      }, clientIsGone: { held.cancel() })
    return response
  }
}

extension InvocationRelay {
  /// The head of a reply that begins before AWS's does.
  private static func streamHeaders(_ api: ModelRequest.API) -> [(name: String, value: String)] {
    let type =
      api.streamForm == .eventStream
      ? [(name: "Content-Type", value: "application/vnd.amazon.eventstream")]
      : [("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-cache")]
    // nginx would gather the keep-alives until a buffer is full.
    return type + [("X-Accel-Buffering", "no")]
  }
}
