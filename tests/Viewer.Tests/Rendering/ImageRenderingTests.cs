using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Rendering;

public sealed class ImageRenderingTests(GlFixture gl)
{
    private static readonly VolumeShape Shape = new(16, 16, 16);

    // 0 at x = 0 to 150 at x = 15; 200 in one plane behind, z = 12
    private static readonly IntensityVolume Ramp = Phantoms.Image(16, 16, 16, (z, _, x) => z == 12 && x == 4 ? 200 : 10 * x);

    [Fact]
    public void Mip_OfARamp_IsTheBrightestOnEachRay()
    {
        SceneState scene = Scene(new ImageLayer { Low = 0, High = 200 });

        byte[] rgba = gl.Render(r =>
        {
            r.SetImage(0, Ramp);
            return r.Render(scene, 160, 160).Rgba;
        });

        ViewGeometry view = ViewGeometry.For(scene, 160, 160);
        for (int x = 0; x < 16; x++)
        {
            (double px, double py, _) = view.Project(new PointUm(0, 8.5, x + 0.5));
            double expected = (x == 4 ? 200 : 10 * x) / 200.0 * 255;
            // a place between samples of half a voxel is interpolated: up to a quarter voxel from the middle of the bright one
            Assert.InRange(Grey(rgba, 160, px, py), (x == 4 ? 0.7 : 1) * expected - 6, expected + 6);
        }
    }

    [Fact]
    public void Channels_AreAddedAsLightIs()
    {
        IntensityVolume flat = Phantoms.Image(16, 16, 16, (z, _, _) => z == 0 ? 0 : 100);
        SceneState scene = Scene(new ImageLayer { Low = 0, High = 100, Lut = "red" }) with { Images = [new ImageLayer { Low = 0, High = 100, Lut = "red" }, new ImageLayer { Low = 0, High = 100, Lut = "green" }] };

        byte[] rgba = gl.Render(r =>
        {
            r.SetImage(0, flat);
            r.SetImage(1, flat);
            return r.Render(scene, 32, 32).Rgba;
        });

        Assert.Equal([255, 255, 0, 255], rgba.AsSpan(4 * (16 * 32 + 16), 4).ToArray());
    }

    [Theory]
    [InlineData(ProjectionMode.Mip)]
    [InlineData(ProjectionMode.Attenuated)]
    [InlineData(ProjectionMode.Translucent)]
    [InlineData(ProjectionMode.Iso)]
    public void ImageAndLabels_TheNearerIsInFront(ProjectionMode mode)
    {
        // bright at z 0..3 on the left half, at z 12..15 on the right; a cell between them over everything
        IntensityVolume image = Phantoms.Image(16, 16, 16, (z, _, x) => x < 8 ? (z < 4 ? 100 : 0) : z >= 12 ? 100 : 0);
        LabelVolume cell = Phantoms.Labels(16, 16, 16, (z, _, _) => z is >= 6 and < 9 ? 5u : 0);
        SceneState scene = Scene(new ImageLayer { Low = 0, High = 100, Mode = mode, Lut = "green", Density = 50, IsoLevel = 0.5 }) with
        {
            Labels = new LabelLayer { Surface = LabelSurface.Voxels, EdgeWidth = 0 },
        };

        (byte[] rgba, uint left, uint right) = gl.Render(r =>
        {
            r.SetImage(0, image);
            r.SetLabels(cell);
            r.Colors = new Dictionary<uint, Rgb> { [5] = new(255, 0, 0) };
            byte[] rgba = r.Render(scene, 64, 64).Rgba;
            return (rgba, r.Pick(16, 32)!.Id, r.Pick(48, 32)!.Id);
        });

        Assert.Equal(5u, right);
        Assert.Equal(mode == ProjectionMode.Iso ? 0u : 5u, left);           // a surface of the image is picked as one; light is not
        byte[] l = Pixel(rgba, 64, 16, 32), g = Pixel(rgba, 64, 48, 32);
        Assert.True(l[1] > l[0] + 40, $"left, image in front: {string.Join(',', l)}");
        Assert.True(g[0] > g[1] + 40, $"right, cell in front: {string.Join(',', g)}");
    }

    [Fact]
    public void SlicePlane_In3D_ShowsImageAndExactIds()
    {
        LabelVolume cells = Phantoms.Labels(16, 16, 16, (z, _, x) => z == 9 && x < 8 ? 3u : 0);
        SceneState scene = Scene(new ImageLayer { Low = 0, High = 150, Mode = ProjectionMode.None }) with
        {
            Labels = new LabelLayer { Surface = LabelSurface.Voxels, SliceOpacity = 0, OutlineWidth = 0 }, Slices = new SlicePlanes(9, null, null),
        };

        (uint left, PickedPoint? right, byte[] rgba) = gl.Render(r =>
        {
            r.SetImage(0, Ramp);
            r.SetLabels(cells);
            byte[] rgba = r.Render(scene with { Labels = scene.Labels! with { IsVisible = true, Hidden = [] } }, 64, 64).Rgba;
            return (r.Pick(16, 32)!.Id, r.Pick(48, 32), rgba);
        });

        Assert.Equal(3u, left);
        Assert.Equal(0u, right!.Id);
        Assert.Equal(9.5, right.PlaceUm.Z, 3);
        Assert.InRange(Pixel(rgba, 64, 48, 32)[0], 150, 255);
    }

    [Theory]
    [InlineData(ViewKind.XY)]
    [InlineData(ViewKind.XZ)]
    [InlineData(ViewKind.ZY)]
    public void SliceView_EachPixel_IsTheVoxelUnderIt(ViewKind kind)
    {
        LabelVolume cells = Phantoms.Labels(4, 6, 8, (z, y, x) => (uint)(1 + z + 10 * y + 100 * x));
        SceneState scene = Phantoms.Scene(cells.Shape, CameraPreset.Front, 1, 0, new PointUm(2, 1, 1)) with { View = kind, Cursor = new PointUm(2, 3, 5), SliceZoom = 20 };

        (uint[] ids, byte[] rgba) = gl.Render(r =>
        {
            r.SetLabels(cells);
            byte[] rgba = r.Render(scene, 200, 200).Rgba;
            return (r.ReadIds(), rgba);
        });

        // the cursor's voxel is in the middle; pixels to the right and down go along the axes the view names
        (int z, int y, int x)[] expected = kind switch
        {
            ViewKind.XY => [(2, 3, 5), (2, 3, 6), (2, 4, 5)],
            ViewKind.XZ => [(2, 3, 5), (2, 3, 6), (3, 3, 5)],
            _ => [(2, 3, 5), (3, 3, 5), (2, 4, 5)],
        };
        int right = kind == ViewKind.ZY ? 40 : 20, down = kind == ViewKind.XZ ? 40 : 20;
        uint[] found = [ids[100 * 200 + 100], ids[100 * 200 + 100 + right], ids[(100 + down) * 200 + 100]];
        Assert.Equal(expected.Select(e => (uint)(1 + e.z + 10 * e.y + 100 * e.x)), found);
        Assert.Equal(255, rgba[3]);
    }

    [Fact]
    public void SliceView_Outlines_AreThereAndOneColour()
    {
        LabelVolume cell = Phantoms.Labels(1, 20, 20, (_, y, x) => y is >= 5 and < 15 && x is >= 5 and < 15 ? 9u : 0);
        SceneState scene = Phantoms.Scene(cell.Shape, CameraPreset.Front) with { View = ViewKind.XY, SliceZoom = 10, Cursor = new PointUm(0, 9.5, 9.5), Labels = new LabelLayer { SliceOpacity = 0, OutlineWidth = 2 } };

        byte[] rgba = gl.Render(r =>
        {
            r.SetLabels(cell);
            r.Colors = new Dictionary<uint, Rgb> { [9] = new(250, 200, 10) };
            return r.Render(scene, 200, 200).Rgba;
        });

        Assert.Equal([250, 200, 10, 255], Pixel(rgba, 200, 51, 100));
        Assert.Equal([0, 0, 0, 255], Pixel(rgba, 200, 60, 100));
        int outline = rgba.Chunk(4).Count(p => p[0] > 100);
        Assert.Equal(4 * 100 * 2 - 16, outline, 8.0);
    }

    [Fact]
    public void Background_Transparent_HasNoAlphaWhereNothingIs()
    {
        SceneState scene = Phantoms.Scene(new VolumeShape(1, 1, 1)) with { Background = Background.Studio with { IsTransparent = true } };

        byte[] rgba = gl.Render(r =>
        {
            r.SetLabels(Phantoms.Labels(1, 1, 1, (_, _, _) => 1));
            return r.Render(scene, 20, 20, 2).Rgba;
        });

        Assert.Equal(0, rgba[3]);
        Assert.Equal(255, rgba[4 * (10 * 20 + 10) + 3]);
    }

    [Fact]
    public void ScaleBar_IsAsLongAsItSays()
    {
        SceneState scene = Phantoms.Scene(new VolumeShape(1, 100, 100), CameraPreset.Front, 1, 0, new PointUm(1, 0.5, 0.5)) with { Decorations = new Decorations(ScaleBar: true) };

        byte[] rgba = gl.Render(r => r.Render(scene, 400, 400).Rgba);

        double umPerPixel = ViewGeometry.For(scene, 400, 400).UmPerPixel;
        int longest = Enumerable.Range(300, 100).Max(y => Enumerable.Range(0, 400).Count(x => rgba[4 * (y * 400 + x)] == 255));
        Assert.Equal(10 / umPerPixel, longest, 2.0);      // 10 um are the longest round length below a quarter of 56
    }

    private static SceneState Scene(ImageLayer layer) =>
        Phantoms.Scene(Shape, CameraPreset.Front) with { Labels = null, Images = [layer] };

    private static byte[] Pixel(byte[] rgba, int width, int x, int y) => rgba.AsSpan(4 * (y * width + x), 4).ToArray();

    private static double Grey(byte[] rgba, int width, double x, double y) => rgba[4 * ((int)y * width + (int)x)];
}
