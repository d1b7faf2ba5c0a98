"""Errors of Data Factory as they are kept: the words of a connector without their wrapping, all else as it is."""

import pytest

from bellwether.collector.sources.data_factory.runs import plain

HYBRID = "Type=Microsoft.DataTransfer.Common.Shared.HybridDeliveryException"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (f"ErrorCode=UserErrorX,'{HYBRID},Message=No file.,Source=Microsoft.ClientLibrary,'", "No file. (UserErrorX)"),
        (f"ErrorCode=UserErrorX,'{HYBRID},Message=It's gone, all of it.'", "It's gone, all of it. (UserErrorX)"),
        (
            f"ErrorCode=SqlFailed,'{HYBRID},Message=Login failed.,Source=a.b,''Type=System.Data.SqlError,Message=x'",
            "Login failed. (SqlFailed)",
        ),
        (
            f"Operation on target Load failed: ErrorCode=UserErrorX,'{HYBRID},Message=No file.'",
            "Operation on target Load failed: No file. (UserErrorX)",
        ),
        ("ErrorCode=SqlOperationFailed, connection timeout", "ErrorCode=SqlOperationFailed, connection timeout"),
        ("Databricks run 17 failed.", "Databricks run 17 failed."),
    ],
)
def test_only_message_and_code_of_a_wrapped_error_are_kept(sent: str, kept: str) -> None:
    assert plain(sent) == kept
