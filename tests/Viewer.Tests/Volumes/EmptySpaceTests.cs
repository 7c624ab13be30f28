using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Volumes;

public sealed class EmptySpaceTests
{
    [Theory]
    [InlineData(9, 14, 61)]
    [InlineData(1, 1, 1)]
    [InlineData(50, 7, 53)]
    public void Distances_AreTheSlowOnes(int z, int y, int x)
    {
        LabelVolume labels = Phantoms.Labels(z, y, x, (k, j, i) => (k * 7919 + j * 104_729 + i * 1_299_709) % 4001 == 0 ? (uint)(i % 3 + 1) : 0);

        EmptySpace space = EmptySpace.Of(labels, id => id != 2);

        Assert.Equal(Slow(labels, space.Shape), space.Distances);
    }

    [Fact]
    public void Update_IsMeasuringAnew()
    {
        var random = new Random(4);
        LabelVolume labels = Phantoms.Labels(30, 40, 70, (_, _, _) => 0);
        EmptySpace space = EmptySpace.Of(labels, id => id != 2);

        for (int n = 0; n < 40; n++)
        {
            var box = new VolumeBox(random.Next(30), random.Next(40), random.Next(70), random.Next(1, 9), random.Next(1, 9), random.Next(1, 9));
            box = box.Intersect(labels.Shape.All);
            uint id = (uint)random.Next(3);
            for (int i = 0; i < labels.Voxels.Length; i++)
            {
                if (box.Contains(i / 2800, i / 70 % 40, i % 70))
                    labels.Voxels[i] = id;
            }
            byte[] before = (byte[])space.Distances.Clone();
            VolumeBox measured = space.Update(labels, box, s => s != 2 && s != 0);

            Assert.Equal(Slow(labels, space.Shape), space.Distances);
            for (int i = 0; i < before.Length; i++)
                Assert.True(before[i] == space.Distances[i] || measured.Contains(i / (space.Shape.Y * space.Shape.X), i / space.Shape.X % space.Shape.Y, i % space.Shape.X));
        }
    }

    // of every cube to every other one that holds something, or has it a voxel away
    private static byte[] Slow(LabelVolume labels, VolumeShape shape)
    {
        (int Z, int Y, int X)[] cubes = [.. Enumerable.Range(0, (int)shape.Count).Select(i => (i / (shape.Y * shape.X), i / shape.X % shape.Y, i % shape.X))];
        (int Z, int Y, int X)[] full = [.. cubes.Where(c =>
        {
            VolumeBox box = new VolumeBox(c.Z * 4, c.Y * 4, c.X * 4, 4, 4, 4).Grow(1, labels.Shape);
            return VolumeCut.Of(labels.Voxels, labels.Shape, box).Any(v => v is 1 or 3);
        })];
        return [.. cubes.Select(c => (byte)full.Select(f => Math.Max(Math.Abs(f.Z - c.Z), Math.Max(Math.Abs(f.Y - c.Y), Math.Abs(f.X - c.X)))).Append(EmptySpace.Farthest).Min())];
    }
}
