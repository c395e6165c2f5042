import AWSWire
package import Foundation

/// How long the client of a request bears silence, as far as its headers tell.
///
/// The first of these that is known decides: `x-stainless-read-timeout`, else `x-stainless-timeout`; the `ttl` of
/// `amz-sdk-request`; the program that `User-Agent` names; 60 s. With a proxy in between it is at most 60 s, because that is what
/// nginx and AWS's load balancers bear.
package struct ClientPatience: Sendable, Equatable {
  /// How long it waits for the first byte of a whole reply; nil: without a bound.
  package var silence: Duration?
  /// How long it waits for the first byte of a stream, and between two of them; nil: without a bound.
  package var streamSilence: Duration?
  /// The time after which a client that waits for a stream is shown that its request lives.
  package var keepAliveAfter: Duration
  /// The longest wait that it asked for with `x-bedquota-max-wait`; nil: it asked for none. It only ever makes a wait shorter.
  package var maxWait: Duration?
  /// The shortest hold that is worth while.
  package var holdMin = Duration.seconds(1)
  /// The longest `Retry-After` that it obeys, in seconds.
  package var retryAfterMax: Int
  /// The program, for metrics.
  package var agent: ClientAgent

  /// What proxies bear: nginx's `proxy_read_timeout` and the idle timeout of AWS's load balancers are 60 s unless they are changed.
  static let proxySilence = Duration.seconds(60)
  private static let longest = Duration.seconds(24 * 3_600)

  /// - Parameters:
  ///   - headers: names in lower case.
  ///   - now: the time of day. It is asked for only if the client says when it stops waiting.
  package init(headers: [(name: String, value: String)], now: () -> Date = { Date() }) {
    var readTimeout: Duration?
    var timeout: Duration?
    var ttl: Duration?
    var hasProxy = false
    agent = .unknown
    for (name, value) in headers {
      switch name {
      case "x-bedquota-max-wait": maxWait = WaitText.duration(value) ?? maxWait
      case "x-stainless-read-timeout": readTimeout = Self.seconds(value)
      case "x-stainless-timeout": timeout = Self.seconds(value)
      case "amz-sdk-request": ttl = Self.timeToLive(value, now)
      case "user-agent", "x-amz-user-agent": if agent == .unknown { agent = ClientAgent(value) }
      case "via", "x-forwarded-for", "forwarded": hasProxy = true
      default: break
      }
    }
    let habits = agent.habits
    let said = readTimeout ?? timeout ?? ttl
    silence = said ?? habits.silence
    streamSilence = said ?? habits.silence
    if let cap = habits.streamSilence { streamSilence = min(streamSilence ?? cap, cap) }
    if hasProxy {
      silence = min(silence ?? Self.proxySilence, Self.proxySilence)
      streamSilence = min(streamSilence ?? Self.proxySilence, Self.proxySilence)
    }
    let third = streamSilence.map { $0 / 3 } ?? HoldTime.keepAliveInterval
    // A client that says that it bears nothing gets no 200 before its request was looked at.
    keepAliveAfter = max(min(third, habits.keepAliveAfter ?? third, HoldTime.keepAliveInterval), .milliseconds(100))
    holdMin = habits.holdMin
    retryAfterMax = habits.retryAfterMax
  }

  /// A number of seconds above 0, as the SDKs of Anthropic and OpenAI write it; nil for other text, such as `NOT_GIVEN`.
  private static func seconds(_ text: String) -> Duration? {
    guard text.utf8.count <= 32, let seconds = Double(text), seconds > 0, seconds.isFinite else { return nil }
    return min(.seconds(min(seconds, 1e6)), longest)
  }

  /// `ttl=20260115T103000Z; attempt=2; max=3`: when the client stops reading. AWS's SDKs write it from the second attempt on, once
  /// they know the service's clock.
  /// - Returns: nil if there is none, or it is over already, which says that the clocks differ.
  private static func timeToLive(_ text: String, _ now: () -> Date) -> Duration? {
    guard text.utf8.count <= 256, let start = text.firstRange(of: "ttl=")?.upperBound,
      let end = AWSDate.parseBasic(String(text[start...].prefix { $0 != ";" }))
    else { return nil }
    let left = end.timeIntervalSince(now())
    return left >= 1 ? min(.seconds(left), longest) : nil
  }
}
