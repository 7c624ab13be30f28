using Cellpose3D.Core2D.Metrics;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.IO;

namespace Cellpose3D.Core2D.Tests.Segmentation;

/// <summary>The 68 real images, segmented as the reference did; shared/golden/real has its masks.</summary>
public sealed class RealImagesTests
{
    [Fact]
    public void Segment_Compatible_HasTheReferencesCells()
    {
        string masks = Golden.Shared("golden", "real"), images = Golden.Shared("datasets", "nuclei2d", "val");
        using CellposeModel model = TestModels.Load("eval_model.pt");
        var segmenter = new Segmenter2D(model, new SegmentationOptions { Compatible = true, KeepMaps = false });
        long matched = 0, total = 0, differing = 0, pixels = 0;

        foreach (string file in Directory.EnumerateFiles(masks, "*_ref_masks.png").Order(StringComparer.Ordinal))
        {
            NdArray<int> expected = LabelReader.Read(file);
            LoadedImage image = ImageReader.Read(Path.Combine(images, Path.GetFileName(file).Replace("_ref_masks", "_img", StringComparison.Ordinal)));
            NdArray<int> labels = segmenter.Segment(ChannelSelector.Select(image.Pixels, 0, 0, image.Axes.Contains('C'))).Labels;
            DetectionCounts counts = AveragePrecision.Count(LabelOverlap.Count(expected, labels), [0.9])[0];
            matched += counts.TruePositives;
            total += counts.TruePositives + counts.FalseNegatives;
            pixels += labels.Length;
            differing += expected.Data.Zip(labels.Data).Count(p => p.First != 0 != (p.Second != 0));
        }

        TestContext.Current.SendDiagnosticMessage($"{matched} of {total} reference masks matched at IoU 0.9; {differing} of {pixels} pixels are cell in one only");
        Assert.True(matched >= 0.99 * total, $"{matched} of the reference's {total} masks match at IoU 0.9 ({(double)matched / total:p2}); at least 99 % must.");
    }
}
