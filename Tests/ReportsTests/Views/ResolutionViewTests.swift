import BedrockQuotas
import Reports
import Testing

struct ResolutionViewTests {
  @Test func aResolutionIsABlock() {
    #expect(
      ResolutionView([Sample.resolution]).text(usesColor: false) == """
        us.amazon.nova-pro-v1:0: resolved, cross-region
          context window unknown · maximum output unknown · output tokens count 1× (burndown)
          MEASURE  APPLIED  DEFAULT  CODE  NAME                                                                  EVIDENCE
          rpm          200      500  L-R   Cross-region model inference requests per minute for Amazon Nova Pro  every word agrees
          tpm            –  800,000  L-T   Cross-region model inference tokens per minute for Amazon Nova Pro    every word agrees
        """)
  }

  @Test func anIdWithoutQuotasHasARowAllTheSame() {
    let unknown = Resolution(id: "x.y", scope: .onDemand, status: .unknown, note: "Nothing matches.")
    #expect(ResolutionView([unknown]).sheet.csv().hasSuffix("x.y,on-demand,unknown,,,,,,,Nothing matches."))
    #expect(ResolutionView([unknown]).text(usesColor: true) == "x.y: \u{1B}[31munknown\u{1B}[0m, on-demand\n  Nothing matches.")
  }
}
