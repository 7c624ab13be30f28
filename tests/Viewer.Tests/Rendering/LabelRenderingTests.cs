using System.Globalization;
using System.Numerics;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Rendering;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Rendering;

public sealed class LabelRenderingTests(GlFixture gl)
{
    private const int Width = 200, Height = 160;
    private static readonly PointUm Flat = new(2.5, 0.5, 0.7);

    public static TheoryData<CameraPreset, double, bool> Views => new()
    {
        { CameraPreset.Corner, 0, false }, { CameraPreset.Corner, 40, false }, { CameraPreset.Front, 0, false }, { CameraPreset.Right, 0, true }, { CameraPreset.Corner, 30, true },
    };

    [Theory]
    [MemberData(nameof(Views))]
    public void Ids_OfVoxels_AreTheSlowRayCasters(CameraPreset preset, double perspective, bool isFlat)
    {
        LabelVolume cells = Phantoms.Cells(24, 40, 48, 40, seed: 5);
        SceneState scene = Phantoms.Scene(cells.Shape, preset, (double)Width / Height, perspective, isFlat ? Flat : null);
        (uint[] expected, double[] depths) = SlowRayCaster.Cast(cells, scene, Width, Height);

        (uint[] ids, float[] found) = gl.Render(r =>
        {
            r.SetLabels(cells);
            r.Draw(scene, Width, Height);
            return (r.ReadIds(), r.ReadDepths());
        });

        int different = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            if (ids[i] == expected[i])
            {
                if (ids[i] != 0)
                    Assert.Equal(depths[i], found[i], 0.02 * scene.Grid.VoxelUm.X + 1e-4 * depths[i]);
                continue;
            }
            different++;
            Assert.True(IsEdge(expected, i), string.Create(CultureInfo.InvariantCulture, $"pixel {i % Width}, {i / Width} is {ids[i]} rather than {expected[i]}, far from every edge"));
        }
        Assert.True(different <= 0.005 * ids.Length, $"{different} of {ids.Length} pixels differ");
        Assert.Contains(uint.MaxValue - 1, ids);
        Assert.True(expected.Count(id => id != 0) > ids.Length / 10);
    }

    [Fact]
    public void Ids_SmoothSurface_AgreeAwayFromEdges()
    {
        LabelVolume cells = Phantoms.Cells(40, 48, 56, 24, seed: 2, smallest: 6, largest: 11);
        SceneState scene = Phantoms.Scene(cells.Shape, CameraPreset.Corner, (double)Width / Height);
        (uint[] expected, _) = SlowRayCaster.Cast(cells, scene, Width, Height);

        uint[] ids = gl.Render(r =>
        {
            r.SetLabels(cells);
            r.Draw(scene with { Labels = new LabelLayer() }, Width, Height);
            return r.ReadIds();
        });

        // the smooth surface lies within a voxel of the faces: some two pixels here
        int[] inner = [.. Enumerable.Range(0, ids.Length).Where(i => !IsEdge(expected, i, 3))];
        int different = inner.Count(i => ids[i] != expected[i]);
        Assert.True(inner.Length > 0.4 * ids.Length);
        Assert.True(different <= 0.005 * inner.Length, $"{different} of {inner.Length} inner pixels differ");
        Assert.All(ids.Distinct(), id => Assert.Contains(id, cells.Voxels));
    }

    [Theory]
    [InlineData(LabelSurface.Voxels, 0)]
    [InlineData(LabelSurface.Voxels, 50)]
    [InlineData(LabelSurface.Smooth, 0)]
    [InlineData(LabelSurface.Smooth, 50)]
    public void Picture_WithoutSkipping_IsTheSameInEveryPixel(LabelSurface surface, double perspective)
    {
        LabelVolume cells = Phantoms.Cells(70, 75, 90, 14, seed: 9, smallest: 4, largest: 9);       // several coarse bricks, none whole at the ends
        IntensityVolume image = Phantoms.Image(70, 75, 90, (z, y, x) => cells.Voxels[(z * 75 + y) * 90 + x] % 5 * 20 + (x * 7 + y * 3 + z) % 11);
        SceneState scene = Phantoms.Scene(cells.Shape, CameraPreset.Corner, 1, perspective, new PointUm(1.5, 1, 0.8)) with
        {
            Labels = new LabelLayer { Surface = surface, Isolated = [.. cells.Ids().Where((_, n) => n % 3 != 0)], Ghost = 0.3 },
            Images = [new ImageLayer { Low = 12, High = 90, Opacity = 0.5 }, new ImageLayer { Low = 15, High = 90, Mode = ProjectionMode.Translucent, Lut = "red" }, new ImageLayer { Low = 0, High = 90, Mode = ProjectionMode.Iso, IsoLevel = 0.8 }],
        };

        (byte[] fast, byte[] slow, uint[] fastIds, uint[] slowIds) = gl.Render(r =>
        {
            r.SetLabels(cells);
            for (int channel = 0; channel < 3; channel++)
                r.SetImage(channel, image);
            byte[] fast = r.Render(scene, 128, 128).Rgba;
            uint[] ids = r.ReadIds();
            r.SkipsEmptyBricks = false;
            return (fast, r.Render(scene, 128, 128).Rgba, ids, r.ReadIds());
        });

        Assert.Equal(fastIds, slowIds);
        Assert.Equal(fast, slow);
        Assert.Contains(fastIds, id => id != 0);
    }

    [Theory]
    [InlineData(LabelSurface.Voxels, 1)]
    [InlineData(LabelSurface.Smooth, 1)]
    [InlineData(LabelSurface.Smooth, 3)]
    public void Normals_OfASphere_PointAwayFromItsMiddle(LabelSurface surface, int thick)
    {
        // measured: 2.0 to 2.5 degrees in the mean, 7.9 at most
        const double MostInTheMean = 3, Most = 10;
        const double Radius = 24;
        int depth = 64 / thick;
        LabelVolume sphere = Phantoms.Labels(depth, 64, 64, (z, y, x) =>
            Math.Pow((z + 0.5) * thick - 32, 2) + Math.Pow(y + 0.5 - 32, 2) + Math.Pow(x + 0.5 - 32, 2) <= Radius * Radius ? 7u : 0u);
        SceneState scene = Phantoms.Scene(sphere.Shape, CameraPreset.Corner, 1, 0, new PointUm(thick, 1, 1)) with { Labels = new LabelLayer { Surface = surface } };
        var centre = new PointUm(32, 32, 32);

        (float[] surfaces, float[] depths, ViewGeometry view) = gl.Render(r =>
        {
            r.SetLabels(sphere);
            r.Draw(scene, Width, Width);
            return (r.ReadSurface(), r.ReadDepths(), ViewGeometry.For(scene, Width, Width));
        });

        var angles = new List<double>();
        var misses = new List<double>();
        int pixels = 0;
        for (int i = 0; i < depths.Length; i++)
        {
            if (surfaces[4 * i + 3] == 0)
                continue;
            pixels++;
            (Vector3 o, Vector3 d) = view.Ray(i % Width + 0.5, i / Width + 0.5);
            Vector3 out_ = o + depths[i] * d - ViewGeometry.ToVector(centre);
            misses.Add(Math.Abs(out_.Length() - Radius));
            var normal = new Vector3(surfaces[4 * i], surfaces[4 * i + 1], surfaces[4 * i + 2]);
            if (-Vector3.Dot(Vector3.Normalize(out_), d) > 0.3)        // at the rim a pixel spans many degrees
                angles.Add(Math.Acos(Math.Clamp(Vector3.Dot(Vector3.Normalize(out_), normal), -1, 1)) * 180 / Math.PI);
        }
        double area = Math.PI * Radius * Radius / (view.UmPerPixel * view.UmPerPixel);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{surface}, planes {thick} um: normals off by {angles.Average():f2} degrees in the mean, {angles.Max():f2} at most; surface off by {misses.Average():f3} um in the mean; {pixels} pixels for {area:f0}"));
        Assert.True(angles.Average() < MostInTheMean && angles.Max() < Most, $"normals are off by {angles.Average()} degrees in the mean, {angles.Max()} at most");
        // the corners of voxels whose middle is inside stand out by up to half a voxel's diagonal
        double widest = surface == LabelSurface.Voxels ? Math.Pow(1 + Math.Sqrt(3) / 2 / Radius, 2) : 1.03;
        Assert.InRange(pixels, 0.97 * area, widest * area);
    }

    [Fact]
    public void Picture_NoCellAtAll_IsTheBackground()
    {
        LabelVolume empty = Phantoms.Labels(3, 4, 5, (_, _, _) => 0);
        SceneState scene = Phantoms.Scene(empty.Shape) with { Background = new Background(new Rgb(10, 20, 30), new Rgb(10, 20, 30)) };

        (byte[] rgba, PickedPoint? picked) = gl.Render(r =>
        {
            r.SetLabels(empty);
            return (r.Render(scene, 16, 16).Rgba, r.Pick(8, 8));
        });

        Assert.Null(picked);
        Assert.All(rgba.Chunk(4), p => Assert.Equal([10, 20, 30, 255], p));
    }

    [Theory]
    [InlineData(LabelSurface.Voxels)]
    [InlineData(LabelSurface.Smooth)]
    public void Picture_OneVoxel_IsShown(LabelSurface surface)
    {
        LabelVolume one = Phantoms.Labels(1, 1, 1, (_, _, _) => 4_000_000_000);
        SceneState scene = Phantoms.Scene(one.Shape) with { Labels = new LabelLayer { Surface = surface } };

        PickedPoint? picked = gl.Render(r =>
        {
            r.SetLabels(one);
            r.Draw(scene, 32, 32);
            return r.Pick(16, 16);
        });

        Assert.Equal(4_000_000_000, picked?.Id);
    }

    [Fact]
    public void SmoothSurface_ThinCellsAndThinGaps_AreKept()
    {
        // a wall one voxel thick; a single voxel; two blocks with one voxel between them
        LabelVolume thin = Phantoms.Labels(16, 24, 40, (z, y, x) => x == 3 ? 1u : (z, y, x) == (8, 12, 10) ? 2u : x is > 15 and < 24 ? 3u : x is > 24 and < 33 ? 4u : 0);
        SceneState scene = Phantoms.Scene(thin.Shape, CameraPreset.Front) with { Labels = new LabelLayer() };

        uint[] row = gl.Render(r =>
        {
            r.SetLabels(thin);
            r.Draw(scene, 400, 400);
            return Enumerable.Range(0, 400).Select(x => r.Pick(x, 200)?.Id ?? 0).ToArray();
        });

        uint[] order = [.. row.Where((id, n) => n == 0 || row[n - 1] != id)];
        Assert.Equal([0u, 1u, 0u, 2u, 0u, 3u, 0u, 4u, 0u], order);
    }

    [Fact]
    public void Isolate_AndHide_ShowWhatIsBehind()
    {
        LabelVolume two = Phantoms.Labels(10, 4, 4, (z, _, _) => z < 3 ? 1u : z < 5 ? 0u : z < 7 ? 2u : 3u);
        SceneState scene = Phantoms.Scene(two.Shape, CameraPreset.Front);

        uint[] seen = gl.Render(r =>
        {
            r.SetLabels(two);
            return new SceneState[]
            {
                scene,
                scene with { Labels = scene.Labels! with { Hidden = [1] } },
                scene with { Labels = scene.Labels! with { Isolated = [3] } },
                scene with { Labels = new LabelLayer { Isolated = [3], Ghost = 0.5 } },
                scene with { Labels = new LabelLayer { Isolated = [3], Hidden = [3] } },
            }.Select(s =>
            {
                r.Draw(s, 20, 20);
                return r.Pick(10, 10)?.Id ?? 0;
            }).ToArray();
        });

        Assert.Equal([1u, 2u, 3u, 3u, 0u], seen);
    }

    [Fact]
    public void Clip_BoxAndPlane_CutFlatly()
    {
        LabelVolume block = Phantoms.Labels(20, 20, 20, (z, _, _) => (uint)(z / 5 + 1));
        SceneState scene = Phantoms.Scene(block.Shape, CameraPreset.Front);

        ((uint, double, float) box, (uint, double, float) plane, (uint, double, float) smooth) = gl.Render(r =>
        {
            r.SetLabels(block);
            return (At(scene with { Clip = new ClipBox(new PointUm(7.5, 0, 0), new PointUm(20, 20, 20)) }),
                At(scene with { ClipPlanes = [new ClipPlane(new PointUm(1, 0, 0), -12)] }),
                At(scene with { Clip = new ClipBox(new PointUm(7.5, 0, 0), new PointUm(20, 20, 20)), Labels = new LabelLayer() }));

            (uint, double, float) At(SceneState s)
            {
                r.Draw(s, 21, 21);
                PickedPoint p = r.Pick(10, 10)!;
                return (p.Id, Math.Round(p.Voxel.Z, 3), r.ReadSurface()[4 * (10 * 21 + 10) + 2]);
            }
        });

        Assert.Equal((2u, 7.5, -1f), box);
        Assert.Equal((3u, 12.0, -1f), plane);
        Assert.Equal((2u, 7.5, -1f), smooth);
    }

    [Fact]
    public void Pick_GivesIdVoxelAndMicrometres()
    {
        LabelVolume cells = Phantoms.Labels(6, 10, 10, (z, y, x) => z >= 2 && y == 7 && x == 3 ? 16_777_217u : 0);
        SceneState scene = Phantoms.Scene(cells.Shape, CameraPreset.Front, 1, 0, new PointUm(3, 0.5, 0.5));
        ViewGeometry view = ViewGeometry.For(scene, 300, 300);
        (double px, double py, _) = view.Project(new PointUm(6, 7.5 * 0.5, 3.5 * 0.5));

        (PickedPoint? hit, PickedPoint? miss) = gl.Render(r =>
        {
            r.SetLabels(cells);
            r.Draw(scene, 300, 300, 2);
            return (r.Pick((int)px, (int)py), r.Pick(1, 1));
        });

        Assert.Null(miss);
        Assert.Equal(16_777_217u, hit!.Id);
        Assert.Equal(6, hit.PlaceUm.Z, 3);
        Assert.Equal(2, hit.Voxel.Z, 3);
        Assert.Equal((7, 3), ((int)hit.Voxel.Y, (int)hit.Voxel.X));
    }

    [Fact]
    public void Draw_OtherColours_MarchNothingAgain()
    {
        LabelVolume cells = Phantoms.Cells(16, 16, 16, 8, seed: 3);
        SceneState scene = Phantoms.Scene(cells.Shape);

        (int passes, byte[] before, byte[] after) = gl.Render(r =>
        {
            r.SetLabels(cells);
            byte[] before = r.Render(scene, 64, 64).Rgba;
            r.Colors = cells.Ids().ToDictionary(id => id, _ => new Rgb(255, 0, 0));
            byte[] after = r.Render(scene with { Labels = scene.Labels! with { Selected = [cells.Ids()[0]] }, Background = Background.Studio }, 64, 64).Rgba;
            return (r.SurfacePasses, before, after);
        });

        Assert.Equal(1, passes);
        Assert.NotEqual(before, after);
    }

    [Fact]
    public void Picture_SameScene_IsTheSameBytes()
    {
        LabelVolume cells = Phantoms.Cells(20, 20, 20, 12, seed: 4);
        SceneState scene = Phantoms.Scene(cells.Shape) with { Labels = new LabelLayer(), Decorations = new Decorations(true, true, true, "t = 0") };

        byte[][] pictures = [.. Enumerable.Range(0, 2).Select(_ => gl.Render(r =>
        {
            r.SetLabels(cells);
            return r.Render(scene, 90, 70, 2).Rgba;
        }))];

        Assert.Equal(pictures[0], pictures[1]);
    }

    [Fact]
    public void Render_TooLarge_IsRefusedInOneLine()
    {
        SceneState scene = Phantoms.Scene(new VolumeShape(1, 1, 1));

        string picture = gl.Render(r => Assert.Throws<ArgumentOutOfRangeException>(() => r.Draw(scene, 100_000, 10)).Message);
        string volume = gl.Render(r => Assert.Throws<ArgumentException>(() => r.SetLabels(new LabelVolume(new uint[100_000], new VolumeShape(1, 1, 100_000)))).Message);

        Assert.Contains("100000 x 10", picture);
        Assert.Contains("thin it", volume);
    }

    private static bool IsEdge(uint[] ids, int pixel, int reach = 1)
    {
        (int px, int py) = (pixel % Width, pixel / Width);
        for (int y = Math.Max(0, py - reach); y <= Math.Min(Height - 1, py + reach); y++)
        {
            for (int x = Math.Max(0, px - reach); x <= Math.Min(Width - 1, px + reach); x++)
            {
                if (ids[y * Width + x] != ids[pixel])
                    return true;
            }
        }
        return false;
    }
}
