import AdmissionControl
import Testing

struct LimitLearnerTests {
  private let limit: Int64 = 600_000

  /// A server that enforces a share of the limit as a bucket of a minute, and a client that always has more to send.
  private struct Server {
    var bucket: Meter
    var learner: LimitLearner
    let limit: Int64
    var delivered: Int64 = 0
    var throttled = 0

    init(limit: Int64, share: Double, scaleMax: Double = 1) {
      self.limit = limit
      bucket = Meter(rate: Int64(Double(limit) * share), capacity: Int64(Double(limit) * share), period: .minute, at: 0)
      learner = LimitLearner(scaleMax: scaleMax)
    }

    mutating func run(from start: Int64, to end: Int64) {
      let units: Int64 = 1_000
      var now = start
      while now < end {
        learner.advance(to: now)
        now += Int64(Double(units) * 60e9 / (Double(limit) * learner.scale))
        bucket.refill(at: now)
        if bucket.level >= units * Meter.micro {
          bucket.debit(units * Meter.micro)
          learner.accept(units)
          delivered += units
        } else {
          throttled += 1
          if learner.throttled(limit: limit, at: now) { now += second }
        }
      }
    }
  }

  @Test(arguments: [0.1, 0.3, 0.5, 0.8, 0.95])
  func followsALowerLimitWithinAMinute(share: Double) {
    var server = Server(limit: limit, share: share)
    server.bucket.lower(to: 0, at: 0)
    server.run(from: 0, to: 60 * second)
    let (delivered, throttled) = (server.delivered, server.throttled)
    server.run(from: 60 * second, to: 360 * second)
    // Within 3 % of the real limit over the next five minutes, and throttled every half minute at most.
    let used = Double(server.delivered - delivered) / (Double(limit) * share * 5)
    #expect(used > 0.97, "\(used) of \(share)")
    #expect((1...15).contains(server.throttled - throttled))
  }

  @Test func comesBackWhenTheLimitDoes() {
    var server = Server(limit: limit, share: 0.5)
    server.bucket.lower(to: 0, at: 0)
    server.run(from: 0, to: 120 * second)
    #expect(server.learner.scale < 0.6)
    server.bucket.set(rate: limit, capacity: limit, at: 120 * second)
    server.run(from: 120 * second, to: 180 * second)
    #expect(server.learner.scale > 0.97)
  }

  @Test func refusalsOfOneMomentAreOne() {
    var learner = LimitLearner(scaleMax: 1)
    let first = learner.throttled(limit: limit, at: 0)
    #expect(first)
    let scale = learner.scale
    #expect(scale < 1)
    for time in [0, second / 2, second - 1] as [Int64] {
      let isEvent = learner.throttled(limit: limit, at: time)
      #expect(!isEvent)
      #expect(learner.scale == scale)
    }
    let again = learner.throttled(limit: limit, at: second)
    #expect(again)
    #expect(learner.scale < scale)
  }

  @Test func staysWithinItsBounds() {
    var learner = LimitLearner(scaleMax: 1.2)
    for step in 0..<50 { _ = learner.throttled(limit: limit, at: Int64(step) * 2 * second) }
    #expect(learner.scale == LimitLearner.scaleMin)
    learner.advance(to: 3_600 * second)
    #expect(learner.scale == 1.2)
    #expect(!learner.isMoving)
  }

  @Test func timeGoingBackMovesNothing() {
    var learner = LimitLearner(scaleMax: 1)
    _ = learner.throttled(limit: limit, at: 100 * second)
    let scale = learner.scale
    learner.advance(to: 50 * second)
    let isEvent = learner.throttled(limit: limit, at: 10 * second)
    #expect(!isEvent)
    #expect(learner.scale == scale)
  }

  @Test func aNewLimitForgetsWhatWasLearnt() {
    var learner = LimitLearner(scaleMax: 1)
    _ = learner.throttled(limit: limit, at: 0)
    learner.reset()
    #expect(learner.scale == 1 && !learner.isMoving)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, -1, 0])
  func aScaleThatIsNoneIsSound(scaleMax: Double) {
    var learner = LimitLearner(scaleMax: scaleMax)
    _ = learner.throttled(limit: 0, at: 0)
    _ = learner.throttled(limit: .max, at: 5 * second)
    learner.advance(to: 3_600 * second)
    #expect(learner.scale >= LimitLearner.scaleMin && learner.scale <= 1)
  }

  /// Other clients use half: it begins with the other half, and has found the whole a minute after they stop.
  @Test func aShareAtTheStartGrows() {
    var learner = LimitLearner(scaleMax: 1)
    learner.begin(share: 0.5, at: 0)
    #expect(learner.scale == 0.5 && learner.isMoving)
    learner.advance(to: 10_000_000_000)
    #expect((0.5...0.52).contains(learner.scale))
    learner.advance(to: 45_000_000_000)
    #expect(learner.scale == 1 && !learner.isMoving)
    for share in [1, 2, .nan, .infinity] {
      var whole = LimitLearner(scaleMax: 1)
      whole.begin(share: share, at: 0)
      #expect(whole.scale == 1 && !whole.isMoving)
    }
  }

  @Test func aLimiterBeginsWithItsShare() {
    var configuration = LimiterConfiguration(limits: [Limit(.requestsPerMinute, 600)])
    configuration.sharesAtStart[.requestsPerMinute] = 0.5
    var state = AdmissionState(configuration, at: 0)
    var passed = 0
    for tick in 0..<100 {
      let time = Int64(tick) * 100_000_000
      if case .admitted(let lease)? = state.tryArrive(Request(cost: Cost(reserved: .zero)), at: time) {
        passed += 1
        state.settle(lease, .completed(.zero), at: time)
      }
    }
    // Ten seconds at five per second, and the pacer's burst of one second.
    #expect((50...58).contains(passed), "\(passed)")
    #expect(state.tryArrive(Request(cost: Cost(reserved: .zero)), at: 60_000_000_000) != nil)
    #expect(state.snapshot().meters[0].scale == 1)
  }
}
