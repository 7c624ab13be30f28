using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>The verb <c>bench</c>: that it measures, not how fast.</summary>
public sealed class BenchTests
{
    [Fact]
    public void Bench_SmallImage_ReportsRatesAndStages()
    {
        JsonNode json = CliProgram.Run("bench", "--device", "cpu", "--size", "128", "--repeats", "1", "--json").Succeeds().Json;

        double matrix = (double)json["matrix_flops"]!, network = (double)json["network_flops"]!;
        Assert.Equal("nuclei", (string)json["model"]!);
        Assert.InRange(network, 1e6, 2 * matrix);                        // nothing runs faster than the machine multiplies, but for timing on a busy one
        Assert.InRange((int)json["image"]!["cells"]!, 1, 128);
        Assert.All((string[])["normalize_seconds", "network_seconds", "dynamics_seconds"], stage => Assert.True((double)json["image"]![stage]! > 0));
    }

    [Theory]
    [InlineData("--size", "0", "--size must be 64 to 16384; got 0")]
    [InlineData("--repeats", "0", "--repeats must be 1 to 1000; got 0")]
    public void Bench_OutOfRange_IsRefused(string option, string value, string message) =>
        CliProgram.Run("bench", option, value).FailsWith(ExitCode.Usage, message);

    [Fact]
    public void Bench_UnknownModel_IsRefused() => CliProgram.Run("bench", "--model", "none-of-this-name").FailsWith(ExitCode.Model, "none-of-this-name");
}
