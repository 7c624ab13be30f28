using System.Diagnostics;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.IO.SegNpy;
using Cellpose3D.IO.Tests.Weights;

namespace Cellpose3D.IO.Tests.SegNpy;

public sealed class SegNpyFileTests
{
    [Theory]
    [InlineData(7, 9)]
    [InlineData(3, 7, 9)]
    [InlineData(1, 1)]
    public void Write_ThenRead_SameContent(params int[] shape)
    {
        SegNpyContent content = Content(shape, labels: 5);
        using var stream = new MemoryStream();

        SegNpyFile.Write(stream, content);
        stream.Position = 0;
        SegNpyContent back = SegNpyFile.Read(stream, "memory");

        Parity.SameLabels(content.Masks, back.Masks);
        bool[] outline = Outlines.Mask(content.Masks).Data;
        Assert.Equal(content.Masks.Data.Select((m, i) => outline[i] ? m : 0), back.Outlines!.Data);
        Assert.Equal(content.FileName, back.FileName);
        Assert.Equal(content.Diameter, back.Diameter);
        Assert.Equal(content.Channels, back.Channels);
        Assert.Equal(content.IsManual, back.IsManual);
        Assert.Equal(content.Colors!.Data, back.Colors!.Data);
        Assert.Equal(content.Flows!.Rgb.Data, back.Flows!.Rgb.Data);
        Assert.Equal(content.Flows.Rgb.Shape, back.Flows.Rgb.Shape);
        Assert.Equal(content.Flows.CellProbImage.Data, back.Flows.CellProbImage.Data);
        Assert.Equal(new byte[content.Masks.Length], back.Flows.ZImage!.Data);
        Assert.Equal(content.Flows.FlowsAndCellProb.Data, back.Flows.FlowsAndCellProb.Data);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65534)]
    [InlineData(65535)]
    [InlineData(70000)]
    [InlineData(int.MaxValue)]
    public void Write_LabelsOfAnySize_AreKept(int label)
    {
        using var stream = new MemoryStream();
        // given marks and outlines, so that a huge label does not ask for as many of them
        SegNpyFile.Write(stream, new SegNpyContent { Masks = new NdArray<int>([0, label], 1, 2), Outlines = new NdArray<int>(1, 2), IsManual = [] });
        stream.Position = 0;

        Assert.Equal([0, label], SegNpyFile.Read(stream, "memory").Masks.Data);
    }

    [Fact]
    public void Write_NothingKnownButMasks_ReadsBackAsUnknown()
    {
        using var stream = new MemoryStream();
        SegNpyFile.Write(stream, new SegNpyContent { Masks = new NdArray<int>(4, 4) });
        stream.Position = 0;

        SegNpyContent back = SegNpyFile.Read(stream, "memory");

        Assert.True(double.IsNaN(back.Diameter));
        Assert.Null(back.Flows);
        Assert.Null(back.Colors);
        Assert.Equal([0, 0], back.Channels);
        Assert.Empty(back.IsManual!);
    }

    [Fact]
    public void Write_ShapesThatDisagree_SaysWhich()
    {
        SegNpyContent content = Content([7, 9], 2);

        Assert.Contains("outlines must be [7, 9]", Assert.Throws<ArgumentException>(() =>
            SegNpyFile.Write(new MemoryStream(), content with { Outlines = new NdArray<int>(9, 7) })).Message);
        Assert.Contains("labels must be 0 or more", Assert.Throws<ArgumentException>(() =>
            SegNpyFile.Write(new MemoryStream(), content with { Masks = new NdArray<int>([-1], 1, 1) })).Message);
        Assert.Contains("[3, Y, X]", Assert.Throws<ArgumentException>(() =>
            SegNpyFile.Write(new MemoryStream(), content with { Flows = content.Flows! with { FlowsAndCellProb = new NdArray<float>(4, 7, 9) } })).Message);
    }

    [Fact]
    public void Read_FileOfPython_MasksDiameterAndFlows()
    {
        SegNpyContent back = SegNpyFile.Read(Path.Combine(Golden.Root, "tests", "IO.Tests", "SegNpy", "Fixtures", "python_seg.npy"));

        Assert.Equal([4, 5], back.Masks.Shape);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i % 3), back.Masks.Data);
        Assert.Equal(30.5, back.Diameter);
        Assert.Equal([2, 3], back.Channels);
        Assert.Equal("a folder/image.tif", back.FileName);
        Assert.Equal([false, true], back.IsManual);
        Assert.Equal([4, 5, 3], back.Flows!.Rgb.Shape);
        Assert.Equal([3, 4, 5], back.Flows.FlowsAndCellProb.Shape);
        Assert.Equal(59, back.Flows.FlowsAndCellProb.Data[^1]);
    }

    [Fact]
    public void Read_OldFileOfPython_BackgroundBelowZeroAndOutlinesAsLists()
    {
        SegNpyContent back = SegNpyFile.Read(Path.Combine(Golden.Root, "tests", "IO.Tests", "SegNpy", "Fixtures", "old_seg.npy"));

        Assert.Equal([0, 1, 2, 0], back.Masks.Data);
        Assert.Null(back.Outlines);
        Assert.Null(back.Flows);
        Assert.Equal(12, back.Diameter);
    }

    [Fact]
    public void Read_SomethingElse_SaysSo()
    {
        Assert.Contains("no array 'masks'", Assert.Throws<InvalidDataException>(() => SegNpyFile.Read(Fixture.Path("numpy_p3.npy"))).Message);
        Assert.Contains("asks for 'posix.system'", Assert.Throws<InvalidDataException>(() => SegNpyFile.Read(Fixture.Path("evil_system.npy"))).Message);
    }

    [Theory]
    [InlineData(7, 9)]
    [InlineData(3, 7, 9)]
    public void Write_OpenedByPython_HasWhatTheGuiAsksFor(params int[] shape)
    {
        const string python = "/usr/bin/python3";
        if (!File.Exists(python) || Run(python, "import numpy").Code != 0)
            Assert.Skip("needs /usr/bin/python3 with numpy (Debian: python3-numpy)");
        SegNpyContent content = Content(shape, labels: 4);
        string path = Path.GetTempFileName();
        try
        {
            using (FileStream stream = File.Create(path))
                SegNpyFile.Write(stream, content);

            // the questions that the GUI's loader asks of a file
            (int code, string output) = Run(python, $"""
                import numpy as np
                d = np.load({$"'{path}'"}, allow_pickle=True).item()
                m, f = d['masks'], d['flows']
                print(m.dtype, m.shape, int(m.sum()), d['outlines'].dtype, d['outlines'].shape)
                print(d['chan_choose'], [type(c).__name__ for c in d['chan_choose']], len(d['ismanual']), d['ismanual'].dtype, d['filename'], d['diameter'])
                print(f[0].dtype, f[0].shape[-3] == m.shape[-2], f[0].shape[:-3], f[1].dtype, f[1].shape, f[2].shape, f[3], f[4].dtype, f[4].shape)
                print(len(d['colors']) == m.max(), d['colors'].flags.writeable or 'read-only', m.flags.c_contiguous, float(f[4].sum()))
                """);

            int[] planes = shape.Length == 2 ? [1, .. shape] : shape;
            string image = $"({string.Join(", ", planes)})", plain = $"({string.Join(", ", shape)})";
            Assert.True(code == 0, output);
            Assert.Equal(
                $"""
                uint16 {plain} {content.Masks.Data.Sum()} uint16 {plain}
                [2, 3] ['int', 'int'] 4 bool images/µm a.tif 17.5
                uint8 True ({planes[0]},) uint8 {image} {image} [] float32 ({shape.Length + 1}, {string.Join(", ", shape)})
                True True True {content.Flows!.FlowsAndCellProb.Data.Sum():0.0}

                """, output);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static SegNpyContent Content(int[] shape, int labels)
    {
        var random = new Random(3);
        int count = shape.Aggregate(1, (n, a) => n * a);
        int[] masks = [.. Enumerable.Range(0, count).Select(i => random.Next(labels + 1))];
        masks[^1] = labels;
        byte[] Noise(int n) { byte[] b = new byte[n]; random.NextBytes(b); return b; }
        return new SegNpyContent
        {
            Masks = new NdArray<int>(masks, shape),
            FileName = "images/µm a.tif",
            Diameter = 17.5,
            Channels = [2, 3],
            IsManual = [.. Enumerable.Range(0, labels).Select(i => i % 2 == 1)],
            Colors = new NdArray<byte>(Noise(3 * labels), labels, 3),
            Flows = new SegNpyFlows(
                new NdArray<byte>(Noise(3 * count), [.. shape, 3]), new NdArray<byte>(Noise(count), shape), null,
                new NdArray<float>([.. Enumerable.Range(0, (shape.Length + 1) * count).Select(i => i * 0.5f)], [shape.Length + 1, .. shape])),
        };
    }

    private static (int Code, string Output) Run(string python, string script)
    {
        using Process process = Process.Start(new ProcessStartInfo(python, ["-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = System.Text.Encoding.UTF8,
            Environment = { ["PYTHONIOENCODING"] = "utf-8" },
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? output : error.Result);
    }
}
