using Cellpose3D.Cli.Evaluation;

namespace Cellpose3D.Cli.Tests.Evaluation;

public sealed class LabelFilesTests
{
    [Fact]
    public void Find_ImagesMasksAndPredictionsInOneFolder_TakesTheKindAskedFor()
    {
        using var folder = new TemporaryFolder();
        foreach (string file in (string[])["a_img.png", "a_masks.png", "a_img_cp_masks.png", "a_img_cp_masks.tif", "a_img_flows.tif", "a_img_seg.npy", "b_img.png", "b_masks.png", "run.json"])
            folder.Write(file, "1");

        string[] truth = Names(LabelFiles.Find(folder.Path, truth: true)), prediction = Names(LabelFiles.Find(folder.Path, truth: false));

        Assert.Equal(["a: a_masks.png", "b: b_masks.png"], truth);
        Assert.Equal(["a: a_img_cp_masks.tif", "b: b_masks.png"], prediction);

        static string[] Names(SortedDictionary<string, string> files) => [.. files.Select(file => $"{file.Key}: {Path.GetFileName(file.Value)}")];
    }

    [Fact]
    public void Find_TwoFilesThatCouldEachBeMeant_NamesBoth()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a_gt.npy", "1");
        folder.Write("a_masks.npy", "1");

        var e = Assert.Throws<InvalidDataException>(() => LabelFiles.Find(folder.Path, truth: true));

        Assert.Contains("a_gt.npy", e.Message);
        Assert.Contains("a_masks.npy", e.Message);
    }

    [Fact]
    public void Find_NothingThere_SaysWhatWasLookedFor()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.txt", "1");

        Assert.Contains(".tif, .tiff, .png", Assert.Throws<InvalidDataException>(() => LabelFiles.Find(folder.Path, truth: true)).Message);
        Assert.Contains("truth 'no/such' does not exist", Assert.Throws<FileNotFoundException>(() => LabelFiles.Find("no/such", truth: true)).Message);
    }
}
