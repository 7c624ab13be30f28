using System.Runtime.InteropServices;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary><c>view --window</c>, as far as it can be run without a display.</summary>
public sealed class ViewWindowTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Labels => Path.Combine(_folder.Path, "labels.tif");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_WithoutADisplay_IsOneLineAndCode6()
    {
        Assert.SkipUnless(NativeLibrary.TryLoad("libglfw.so.3", out _), "libglfw.so.3 is not there (as root: apt-get install libglfw3)");
        TiffWriter.WriteLabels(Labels, new NdArray<int>(2, 3, 4), "ZYX");

        CliProgram.Run(new Dictionary<string, string> { ["DISPLAY"] = "", ["WAYLAND_DISPLAY"] = "" }, "view", Labels, "--labels-only", "--window")
            .FailsWith(ExitCode.DeviceOrMemory, "a display is needed");
    }

    [Fact]
    public void Run_WithoutGlfw_NamesThePackage()
    {
        TiffWriter.WriteLabels(Labels, new NdArray<int>(2, 3, 4), "ZYX");
        string lib = Path.Combine(_folder.Path, "lib");
        Directory.CreateDirectory(lib);
        File.WriteAllBytes(Path.Combine(lib, "libglfw.so.3"), []);

        CliProgram.Run(new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = lib }, "view", Labels, "--labels-only", "--window")
            .FailsWith(ExitCode.DeviceOrMemory, "apt-get install libglfw3");
    }

    [Fact]
    public void Run_WhatAWindowDoesNotDo_IsAUsageError()
    {
        TiffWriter.WriteLabels(Labels, new NdArray<int>(2, 3, 4), "ZYX");

        CliProgram.Run("view", Labels, "--labels-only", "--window", "--remote").FailsWith(ExitCode.Usage, "--window and --remote exclude each other");
        CliProgram.Run("view", Labels, "--labels-only", "--window", "--color-by", "area").FailsWith(ExitCode.Usage, "--window takes --color-by id or track");
        CliProgram.Run("view", Labels, "--labels-only", "--window", "--time", "2").FailsWith(ExitCode.Usage, "--time must be 1 to 1; got 2");
    }
}
