import AWSClient
import AWSWire
import Testing

struct RequestPacerTests {
  private func rate(_ operation: String) throws -> RequestRate? {
    switch operation {
    case "ListServiceQuotas": try ServiceQuotasAPI.listServiceQuotas(serviceCode: "bedrock", nextToken: nil).rate
    case "ListAWSDefaultServiceQuotas":
      try ServiceQuotasAPI.listAWSDefaultServiceQuotas(serviceCode: "bedrock", nextToken: nil).rate
    default: try ServiceQuotasAPI.getServiceQuota(serviceCode: "bedrock", quotaCode: "L-1").rate
    }
  }

  /// AWS documents a rate and a burst per account and Region:
  /// docs.aws.amazon.com/servicequotas/latest/userguide/reference_limits.html.
  @Test(arguments: [("ListServiceQuotas", 10.0, 20.0), ("ListAWSDefaultServiceQuotas", 10, 20), ("GetServiceQuota", 5, 10)])
  func pacedCallsUseTheDocumentedRateAndNotMore(operation: String, perSecond: Double, burst: Double) throws {
    let pacer = RequestPacer()
    let rate = try rate(operation)
    var now = Duration.seconds(1_000)
    var times: [Double] = []
    for _ in 0..<200 {
      now += pacer.delay(for: operation, region: "us-east-1", rate: rate, at: now)
      times.append(now / .seconds(1))
    }
    let isWithin = times.indices.allSatisfy { first in
      times[first...].enumerated().allSatisfy { calls, time in
        Double(calls + 1) <= burst + perSecond * (time - times[first]) + 1e-6
      }
    }
    #expect(isWithin, "some interval has more calls than burst + rate × time")
    #expect(times[199] - times[0] < (200 - burst) / perSecond + 0.2, "slower than necessary")
  }

  @Test func regionsAndOperationsHaveRatesOfTheirOwn() throws {
    let pacer = RequestPacer()
    let rate = RequestRate(perSecond: 1, burst: 1)
    #expect(pacer.delay(for: "A", region: "us-east-1", rate: rate, at: .zero) == .zero)
    #expect(pacer.delay(for: "A", region: "us-east-1", rate: rate, at: .zero) == .seconds(1))
    #expect(pacer.delay(for: "B", region: "us-east-1", rate: rate, at: .zero) == .zero)
    #expect(pacer.delay(for: "A", region: "us-west-2", rate: rate, at: .zero) == .zero)
    #expect(pacer.delay(for: "C", region: "us-east-1", rate: nil, at: .zero) == .zero)
  }
}
