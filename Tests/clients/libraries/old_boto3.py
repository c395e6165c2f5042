"""boto3 of October 2022, whose CloudWatch speaks the query protocol: increase requests, and the alarms of bedquota."""

import boto3
from botocore.config import Config
from common import AWS, tell

settings = {"endpoint_url": AWS, "config": Config(retries={"total_max_attempts": 1})}
quotas = boto3.client("service-quotas", **settings)
cloudwatch = boto3.client("cloudwatch", **settings)
ASK = {"ServiceCode": "bedrock", "QuotaCode": "L-C0326783", "DesiredValue": 3_200_000}
filed = quotas.request_service_quota_increase(**ASK)["RequestedQuota"]
refused = []
for _ in range(3):
    try:
        quotas.request_service_quota_increase(**ASK)
    except quotas.exceptions.ClientError as error:
        refused.append(type(error).__name__)
pages = quotas.get_paginator("list_requested_service_quota_change_history").paginate(ServiceCode="bedrock")
alarms = cloudwatch.describe_alarms(AlarmNamePrefix="bedquota/")["MetricAlarms"]
tell(
    version=boto3.__version__,
    filed=filed["Status"],
    refused=refused,
    history=[request["Id"] == filed["Id"] for page in pages for request in page["RequestedQuotas"]],
    alarms={alarm["AlarmName"]: alarm["Threshold"] for alarm in alarms},
)
