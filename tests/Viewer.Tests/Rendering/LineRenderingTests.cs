using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Viewer.Tests.Rendering;

/// <summary>Lines in the volume, such as tails of tracks.</summary>
public sealed class LineRenderingTests(GlFixture gl)
{
    private const int Width = 160, Height = 160;
    private static readonly Rgb Red = new(255, 0, 0);

    // a block in the middle of the volume, seen from z = 0
    private static readonly LabelVolume Block = Phantoms.Labels(20, 40, 40, (z, y, x) => z is >= 8 and < 12 && y is >= 10 and < 30 && x is >= 10 and < 30 ? 7u : 0u);
    private static readonly SceneState Front = Phantoms.Scene(Block.Shape, CameraPreset.Front) with { TailLength = 1 };

    [Theory]
    [InlineData(0, 3, 1.0)]                                                 // before the block
    [InlineData(0, 17, 0.35)]                                               // behind it
    [InlineData(40, 3, 1.0)]
    [InlineData(40, 17, 0.35)]
    public void Line_BeforeASurfaceIsSeen_BehindItIsFaint(double perspective, double z, double share)
    {
        SceneState scene = Front with { Camera = Camera.For(Front.Grid, CameraPreset.Front, 1, UpAxis.Y, perspective) };
        (RenderedPicture without, RenderedPicture with) = Draw(scene, Block, new SceneLine(new PointUm(z, 20, 5), new PointUm(z, 20, 35), Red, 1));

        int n = At(scene, z, 20, 20);
        Assert.Equal(255, with.Rgba[n + 3]);
        // blended as light, not as bytes
        double Light(RenderedPicture p) => Math.Pow(p.Rgba[n] / 255.0, 2.2);
        Assert.Equal(share + Light(without) * (1 - share), Light(with), 0.03);
        // beside the block nothing hides it
        Assert.True(with.Rgba[At(scene, z, 20, 7)] > 240);
    }

    [Fact]
    public void Line_InAFlatImage_IsNeverHidden()
    {
        LabelVolume flat = Phantoms.Labels(1, 40, 40, (_, _, _) => 7);
        SceneState scene = Phantoms.Scene(flat.Shape, CameraPreset.Front) with { TailLength = 1 };

        (_, RenderedPicture with) = Draw(scene, flat, new SceneLine(new PointUm(0.5, 20, 5), new PointUm(0.5, 20, 35), Red, 1));

        Assert.True(with.Rgba[At(scene, 0.5, 20, 20)] > 240);
        Assert.True(with.Rgba[At(scene, 0.5, 20, 20) + 1] < 20);
    }

    [Theory]
    [InlineData(8.5, true)]
    [InlineData(2.5, false)]
    public void Line_OnASlice_IsDrawnNearThePlane(double z, bool isDrawn)
    {
        SceneState scene = Front with { View = ViewKind.XY, Cursor = new PointUm(10, 20, 20) };

        (RenderedPicture without, RenderedPicture with) = Draw(scene, Block, new SceneLine(new PointUm(z, 20, 5), new PointUm(z, 20, 35), Red, 1));

        Assert.Equal(isDrawn, !without.Rgba.SequenceEqual(with.Rgba));
        if (isDrawn)
            Assert.True(with.Rgba[At(scene, 10.5, 20, 20)] > 240);
    }

    [Fact]
    public void Line_OutsideOfTheClipBox_IsNotDrawn()
    {
        SceneState scene = Front with { Clip = new ClipBox(new PointUm(6, 0, 0), new PointUm(20, 40, 40)) };

        (RenderedPicture without, RenderedPicture with) = Draw(scene, Block, new SceneLine(new PointUm(3, 20, 5), new PointUm(3, 20, 35), Red, 1));

        Assert.Equal(without.Rgba, with.Rgba);
    }

    [Fact]
    public void Lines_ThousandsOfThem_AreAllDrawn()
    {
        SceneLine[] many = [.. Enumerable.Range(0, 3000).Select(n => new SceneLine(new PointUm(2, n * 40 / 3000.0, 1), new PointUm(2, n * 40 / 3000.0, 39), Red, 1))];

        (_, RenderedPicture with) = Draw(Front, Block, many);

        Assert.True(with.Rgba[At(Front, 2, 1, 20)] > 240);
        Assert.True(with.Rgba[At(Front, 2, 39, 20)] > 240);
    }

    private (RenderedPicture Without, RenderedPicture With) Draw(SceneState scene, LabelVolume labels, params SceneLine[] lines) => gl.Render(r =>
    {
        r.SetLabels(labels);
        r.Colors = new Dictionary<uint, Rgb> { [7] = new(0, 200, 90) };
        RenderedPicture without = r.Render(scene, Width, Height);
        r.Lines = lines;
        return (without, r.Render(scene, Width, Height));
    });

    private static int At(SceneState scene, double z, double y, double x)
    {
        (double px, double py, _) = ViewGeometry.For(scene, Width, Height).Project(new PointUm(z, y, x));
        return 4 * ((int)py * Width + (int)px);
    }
}
