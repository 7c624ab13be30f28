using Cellpose3D.Core2D;
using Cellpose3D.IO.Movies;
using Cellpose3D.IO.Tiff;

namespace Cellpose3D.IO.Tests.Movies;

public sealed class MovieTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Open_StackWithTimeChannelsAndPlanes_ReadsEveryFrame()
    {
        var values = new NdArray<float>([.. Enumerable.Range(0, 2 * 3 * 4 * 5 * 6).Select(n => (float)n)], 2, 3, 4, 5, 6);
        TiffWriter.WriteFloats(At("a.tif"), values, "TCZYX", new TiffWriterOptions { FrameIntervalS = 30 });

        using Movie movie = Movie.Open(At("a.tif"));

        Assert.Equal((2, 3, true, 4, 30), (movie.FrameCount, movie.Channels, movie.IsVolume, movie.Shape.Z, movie.Info.FrameIntervalS));
        NdArray<float> second = movie.ReadImage(1);
        Assert.Equal([3, 4, 5, 6], second.Shape);
        Assert.Equal(values.Data[360..], second.Data);
    }

    [Fact]
    public void OpenFiles_LabelsOfSeveralFormats_AreFrames()
    {
        NdArray<int> a = new([1, 0, 2, 3], 2, 2), b = new([0, 0, 70_000, 3], 2, 2);
        TiffWriter.WriteLabels(At("a.tif"), a);
        using (FileStream stream = File.Create(At("b.npy")))
            Numpy.NpyFile.Write(stream, b);

        using Movie movie = Movie.OpenFiles([At("a.tif"), At("b.npy")], asLabels: true);

        Assert.Equal(a.Data, movie.ReadLabels(0).Data);
        Assert.Equal(b.Data, movie.ReadLabels(1).Data);
        Assert.False(movie.IsVolume);
    }

    [Fact]
    public void Open_PagesWithoutMetadata_AreTimePoints()
    {
        using (FileStream stream = File.Create(At("a.npy")))
            Numpy.NpyFile.Write(stream, new NdArray<int>(7, 8, 9));

        using Movie guessed = Movie.Open(At("a.npy"), asLabels: true), told = Movie.Open(At("a.npy"), "ZYX", asLabels: true);

        Assert.Equal((7, true, false), (guessed.FrameCount, guessed.IsTimeGuessed, guessed.IsVolume));
        Assert.Equal((1, false, true), (told.FrameCount, told.IsTimeGuessed, told.IsVolume));
    }

    [Fact]
    public void Open_PlanesByMetadata_AreNoTimePoints()
    {
        TiffWriter.WriteLabels(At("a.tif"), new NdArray<int>(3, 8, 9), "ZYX");

        Assert.Contains("--axes TYX", Assert.Throws<InvalidDataException>(() => Movie.Open(At("a.tif"), asLabels: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadLabels_AnotherSize_NamesBothFiles()
    {
        TiffWriter.WriteLabels(At("a.tif"), new NdArray<int>(8, 9));
        TiffWriter.WriteLabels(At("b.tif"), new NdArray<int>(9, 8));
        using Movie movie = Movie.OpenFiles([At("a.tif"), At("b.tif")], asLabels: true);

        string message = Assert.Throws<InvalidDataException>(() => movie.ReadLabels(1)).Message;

        Assert.Contains("b.tif' is 9 x 8", message, StringComparison.Ordinal);
        Assert.Contains("a.tif' is 8 x 9", message, StringComparison.Ordinal);
    }

    [Fact]
    public void OpenFiles_FileOfSeveralTimes_IsRefused()
    {
        TiffWriter.WriteLabels(At("a.tif"), new NdArray<int>(2, 8, 9), "TYX");

        Assert.Contains("holds 2 time points", Assert.Throws<InvalidDataException>(() => Movie.OpenFiles([At("a.tif"), At("a.tif")], asLabels: true)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string At(string name) => Path.Combine(_folder.Path, name);
}
