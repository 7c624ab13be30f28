using System.Diagnostics;
using System.Text;
using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.SegNpy;
using Cellpose3D.IO.Tiff;
using Cellpose3D.IO.Volumes;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Editing;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Tests.Editing;

public sealed class EditSessionTests : IDisposable
{
    private const string PathVariable = "CELLPOSE3D_TEST_EDITED";

    private static readonly EditCommand[] Some =
    [
        new EditCommand.Paint(null, Edits.Points((2, 3, 3), (2, 5, 8)), 1.5, Is3D: true),
        new EditCommand.Delete([3]),
        new EditCommand.Fill(70_000, new PointUm(0, 0, 0)),
        new EditCommand.Erase(Edits.Points((1, 4, 6)), 2, Is3D: true),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("cellpose3d-edits-").FullName;

    private string Labels => Path.Combine(_folder, "labels.tif");

    private string Journal => Labels + ".edits";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_LookingAndWhatIsRefused_LeaveNoJournal()
    {
        WriteLabels();

        using (EditSession session = EditSession.Open(Labels))
        {
            Assert.Equal(new VolumeShape(4, 8, 12), session.Editor.Shape);
            Assert.Equal(new PointUm(2, 0.5, 0.5), session.Editor.VoxelUm);
            Assert.Throws<ArgumentException>(() => session.Apply(new EditCommand.Merge([1])));
            Assert.False(session.HasUnsavedEdits);
        }
        Assert.False(File.Exists(Journal));
    }

    [Fact]
    public void Open_AfterEditsThatWereNotSaved_MakesThemAgain()
    {
        WriteLabels();
        byte[] file = File.ReadAllBytes(Labels);
        uint[] edited, undone;
        uint largest;
        using (EditSession session = EditSession.Open(Labels))
        {
            foreach (EditCommand command in Some)
                session.Apply(command);
            session.Undo();
            session.Undo();
            session.Redo();
            edited = Edits.Copy(session.Editor);
            largest = session.Editor.LargestId;
            Assert.Throws<ArgumentException>(() => session.Apply(new EditCommand.Merge([1])));
            Assert.Throws<IOException>(() => EditSession.Open(Labels));
        }

        using (EditSession again = EditSession.Open(Labels))
        {
            Assert.Equal(7, again.Recovered);
            Assert.Equal(edited, again.Editor.Frames[0].Voxels);
            Assert.Equal(largest, again.Editor.LargestId);
            Assert.True(again.HasUnsavedEdits);
            again.Redo();
            again.Undo();
            Assert.Equal(edited, again.Editor.Frames[0].Voxels);
            while (again.Undo() is not null)
            {
            }
            undone = Edits.Copy(again.Editor);
        }

        Assert.Equal(file, File.ReadAllBytes(Labels));
        Assert.Equal(LabelReader.Read(Labels).Data.Select(v => (uint)v), undone);
    }

    [Fact]
    public void Save_WritesAxesAndVoxelSize_AndEmptiesTheJournal()
    {
        WriteLabels();
        uint[] edited;
        using (EditSession session = EditSession.Open(Labels))
        {
            session.Apply(Some[0]);
            session.Apply(Some[2]);
            edited = Edits.Copy(session.Editor);
            session.Save();
            Assert.False(session.HasUnsavedEdits);
            Assert.False(File.Exists(Journal));
        }

        ImageInfo info = ImageReader.Inspect(Labels);
        Assert.Equal(("ZYX", PixelType.UInt32, new VoxelSize(2, 0.5, 0.5)), (info.Axes, info.PixelType, info.VoxelSizeUm));
        Assert.Equal(edited, LabelReader.Read(Labels).Data.Select(v => (uint)v));
        Assert.Equal([Labels], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Undo_PastASave_IsInTheJournalAsVoxels()
    {
        WriteLabels();
        uint[] state;
        using (EditSession session = EditSession.Open(Labels))
        {
            session.Apply(Some[0]);
            session.Apply(Some[1]);
            session.Save();
            session.Apply(Some[3]);
            session.Undo();
            session.Undo();
            session.Undo();
            session.Redo();
            Assert.True(session.HasUnsavedEdits);
            state = Edits.Copy(session.Editor);
        }

        using (EditSession again = EditSession.Open(Labels))
        {
            Assert.Equal(state, again.Editor.Frames[0].Voxels);
            Assert.True(again.HasUnsavedEdits);
        }

        // on to where the edits made after the save are made again
        using (EditSession session = EditSession.Open(Labels))
        {
            session.Apply(Some[3]);
            state = Edits.Copy(session.Editor);
        }
        using (EditSession again = EditSession.Open(Labels))
            Assert.Equal(state, again.Editor.Frames[0].Voxels);
    }

    [Fact]
    public void Redo_PastASave_OnToEditsAfterIt_IsTheSameWhenOpenedAgain()
    {
        WriteLabels();
        uint[] state;
        using (EditSession session = EditSession.Open(Labels))
        {
            session.Apply(Some[0]);
            session.Save();
            session.Apply(Some[1]);
            session.Undo();
            session.Undo();
            session.Redo();
            session.Redo();
            state = Edits.Copy(session.Editor);
        }

        using EditSession again = EditSession.Open(Labels);

        Assert.Equal(state, again.Editor.Frames[0].Voxels);
    }

    [Fact]
    public void Save_WithTheLargestIdGone_DoesNotGiveItAgain()
    {
        WriteLabels();
        using (EditSession session = EditSession.Open(Labels))
        {
            Assert.Equal([4u], session.Apply(Some[0]).NewIds);
            session.Apply(new EditCommand.Delete([4]));
            session.Save();
        }

        using EditSession again = EditSession.Open(Labels);

        Assert.Equal([5u], again.Apply(new EditCommand.NewId()).NewIds);
    }

    [Fact]
    public void Open_EndedBetweenRenameAndEmptying_DoesNotEditTwice()
    {
        WriteLabels();
        uint[] edited;
        byte[] journal;
        using (EditSession session = EditSession.Open(Labels))
        {
            session.Apply(new EditCommand.Paint(1, Edits.Points((0, 0, 0)), 1));
            session.Apply(Some[1]);
        }
        journal = File.ReadAllBytes(Journal);
        using (EditSession session = EditSession.Open(Labels))
        {
            edited = Edits.Copy(session.Editor);
            session.Save();
            // as Save leaves it just before the rename
            journal = [.. journal, .. SavingRecord(session)];
        }
        File.WriteAllBytes(Journal, journal);

        using EditSession again = EditSession.Open(Labels);

        Assert.Equal(0, again.Recovered);
        Assert.Equal(edited, again.Editor.Frames[0].Voxels);
    }

    [Fact]
    public void Open_JournalOfOtherLabels_IsRefusedWithTheRemedy()
    {
        WriteLabels();
        using (EditSession session = EditSession.Open(Labels))
            session.Apply(Some[0]);
        WriteLabels((z, y, x) => 9);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => EditSession.Open(Labels));

        Assert.Contains(Journal, error.Message);
        Assert.Contains("move it away", error.Message);
    }

    [Fact]
    public void Open_JournalCutAnywhere_IsTheEditsThatAreWhole()
    {
        WriteLabels();
        var states = new List<(long Length, uint[] Voxels)>();
        using (EditSession session = EditSession.Open(Labels))
        {
            foreach (EditCommand command in Some)
            {
                session.Apply(command);
                states.Add((new FileInfo(Journal).Length, Edits.Copy(session.Editor)));
            }
        }
        uint[] unedited = [.. LabelReader.Read(Labels).Data.Select(v => (uint)v)];
        byte[] journal = File.ReadAllBytes(Journal);
        Assert.Equal(states[^1].Length, journal.Length);

        for (int length = 0; length <= journal.Length; length++)
        {
            File.WriteAllBytes(Journal, journal[..length]);
            using (EditSession cut = EditSession.Open(Labels))
            {
                int whole = states.Count(s => s.Length <= length);
                Assert.Equal(whole == 0 ? unedited : states[whole - 1].Voxels, cut.Editor.Frames[0].Voxels);
                Assert.Equal(whole, cut.Recovered);
                // and the journal goes on
                if (length % 40 == 0)
                    cut.Apply(new EditCommand.Paint(8, Edits.Points((3, 7, 11)), 0.5));
                else
                    continue;
            }
            using EditSession after = EditSession.Open(Labels);
            Assert.Equal(8u, after.Editor.Frames[0].Voxels[^1]);
        }
    }

    [Fact]
    public void Open_JournalDamagedBeforeWholeEdits_IsRefused()
    {
        WriteLabels();
        using (EditSession session = EditSession.Open(Labels))
        {
            foreach (EditCommand command in Some)
                session.Apply(command);
        }
        byte[] journal = File.ReadAllBytes(Journal);
        int second = Array.IndexOf(journal, (byte)'\n') + 1;
        journal[second + 30] ^= 1;
        File.WriteAllBytes(Journal, journal);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => EditSession.Open(Labels));

        Assert.Contains($"damaged at byte {second}", error.Message);
        Assert.Equal(journal, File.ReadAllBytes(Journal));
    }

    [Fact]
    public void Save_SegNpy_KeepsWhatElseTheFileHolds()
    {
        string path = Path.Combine(_folder, "cells_seg.npy");
        var masks = new NdArray<int>([0, 1, 1, 0, 2, 2], 2, 3);
        AtomicFile.Write(path, s => SegNpyFile.Write(s, new SegNpyContent { Masks = masks, FileName = "cells.tif", Diameter = 17, IsManual = [false, false] }));

        using (EditSession session = EditSession.Open(path))
        {
            session.Apply(new EditCommand.Fill(null, new PointUm(0, 0, 0)));
            session.Save();
        }

        SegNpyContent saved = SegNpyFile.Read(path);
        
        Assert.Equal(new[] { 3, 1, 1, 3, 2, 2 }, saved.Masks.Data);
        Assert.Equal(("cells.tif", 17.0), (saved.FileName, saved.Diameter));
        Assert.Equal([false, false, true], saved.IsManual!);
    }

    [Theory]
    [InlineData("labels.zarr")]
    [InlineData("labels.ome.tif")]
    [InlineData("labels.h5")]
    public void Save_OtherFormats_AreReadBack(string name)
    {
        WriteLabels();
        string path = Path.Combine(_folder, name);
        uint[] edited;
        using (EditSession session = EditSession.Open(Labels))
        {
            session.Save(path);
            session.Apply(Some[0]);
            session.Apply(Some[2]);
            edited = Edits.Copy(session.Editor);
            session.Save();
            Assert.Equal(path, session.Path);
        }

        using EditSession again = EditSession.Open(path);

        Assert.Equal(edited, again.Editor.Frames[0].Voxels);
        Assert.Equal(2, again.Editor.VoxelUm.Z, 6);
        Assert.Equal([1, 2, 3], LabelReader.Read(Labels).Data.Distinct().Where(v => v > 0).Order());
    }

    [Fact]
    public void Save_OverAStoreThatHoldsAnImage_IsRefused()
    {
        WriteLabels();
        string image = Path.Combine(_folder, "image.zarr"), inside = Path.Combine(image, "labels", "cells");
        using (VolumeReader source = VolumeFile.Open(Labels))
            VolumeConverter.Run(source, image, new VolumeConvertOptions { IsLabels = false });
        using (EditSession session = EditSession.Open(Labels))
            session.Save(inside);

        using EditSession fromStore = EditSession.Open(image);
        fromStore.Apply(Some[0]);
        ArgumentException error = Assert.Throws<ArgumentException>(() => fromStore.Save());
        fromStore.Save(inside);

        Assert.Contains("more than labels", error.Message);
        using VolumeReader there = VolumeFile.Open(image);
        Assert.False(there.Description.IsLabels);
    }

    [Fact]
    public void Save_Movie_KeepsItsFrames()
    {
        TiffWriter.WriteLabels(Labels, new NdArray<int>([.. Enumerable.Range(0, 3 * 4 * 5).Select(i => i % 7)], 3, 4, 5), "TYX", new TiffWriterOptions { FrameIntervalS = 60, VoxelSizeUm = new VoxelSize(null, 0.3, 0.3) });

        using (EditSession session = EditSession.Open(Labels))
        {
            session.Apply(new EditCommand.Delete([2], AllTimes: true));
            session.Apply(new EditCommand.Delete([3]) { Time = 1 });
            session.Save();
        }

        ImageInfo info = ImageReader.Inspect(Labels);
        Assert.Equal(("TYX", 60.0, 0.3), (info.Axes, info.FrameIntervalS!.Value, Math.Round(info.VoxelSizeUm.X!.Value, 6)));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => i % 7 == 2 || (i % 7 == 3 && i / 20 == 1) ? 0 : i % 7), LabelReader.Read(Labels).Data);
    }

    [Fact]
    public void Process_KilledWhileItEdits_LosesNoEditThatReturned()
    {
        WriteLabels();
        using (Process child = StartChild())
        {
            try
            {
                var waited = Stopwatch.StartNew();
                while (!(File.Exists(Labels + ".done") && int.TryParse(File.ReadAllText(Labels + ".done"), out int n) && n > 20))
                {
                    Assert.False(child.HasExited, "the child ended by itself");
                    Assert.True(waited.Elapsed < TimeSpan.FromMinutes(4), "the child made no edits");
                    Thread.Sleep(5);
                }
            }
            finally
            {
                child.Kill();
                child.WaitForExit();
            }
        }
        int returned = int.Parse(File.ReadAllText(Labels + ".done"), System.Globalization.CultureInfo.InvariantCulture);

        using EditSession session = EditSession.Open(Labels);

        Assert.InRange(session.Recovered, returned, returned + 1);
        var whole = new LabelEditor(EditSessionTests.Read(Labels), new PointUm(2, 0.5, 0.5));
        for (int n = 0; n < session.Recovered; n++)
            whole.Apply(Stroke(n));
        Assert.Equal(whole.Frames[0].Voxels, session.Editor.Frames[0].Voxels);
    }

    /// <summary>What the killed process runs; explicit, so that no ordinary test run does.</summary>
    [Fact(Explicit = true)]
    public void Child_EditsUntilKilled()
    {
        string path = Environment.GetEnvironmentVariable(PathVariable) ?? throw new InvalidOperationException($"{PathVariable} must name labels.");
        using EditSession session = EditSession.Open(path);
        for (int n = 0; ; n++)
        {
            session.Apply(Stroke(n));
            File.WriteAllText(path + ".now", (n + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
            File.Move(path + ".now", path + ".done", overwrite: true);
        }
    }

    private static EditCommand.Paint Stroke(int n) => new EditCommand.Paint((uint)(n % 90 + 10), Edits.Points((n % 4, n % 8, n % 12)), 1.3, Is3D: n % 2 == 0);

    private static IEnumerable<LabelVolume> Read(string path) =>
        [new LabelVolume([.. LabelReader.Read(path).Data.Select(v => (uint)v)], new VolumeShape(4, 8, 12))];

    private Process StartChild()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            ArgumentList = { "--explicit", "only", "--filter-method", $"*{nameof(EditSessionTests)}.{nameof(Child_EditsUntilKilled)}" },
            Environment = { [PathVariable] = Labels },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Insert(0, typeof(EditSessionTests).Assembly.Location);
        Process child = Process.Start(start)!;
        child.OutputDataReceived += (_, _) => { };
        child.ErrorDataReceived += (_, _) => { };
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
        return child;
    }

    private static byte[] SavingRecord(EditSession session)
    {
        string path = Path.Combine(Path.GetTempPath(), $"cellpose3d-{Guid.NewGuid():n}.edits");
        using (EditJournal journal = EditJournal.Create(path, new JournalRecord.Begin(EditJournal.Version, EditSession.HashOf(session.Editor.Frames), 0)))
            journal.Append(new JournalRecord.Saving(EditSession.HashOf(session.Editor.Frames)));
        byte[] bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes[(Encoding.ASCII.GetString(bytes).IndexOf('\n', StringComparison.Ordinal) + 1)..];
    }

    private void WriteLabels(Func<int, int, int, int>? id = null)
    {
        id ??= (z, y, x) => x < 4 ? 1 : x > 8 ? 3 : y > 5 && z > 0 ? 2 : 0;
        int[] voxels = [.. Enumerable.Range(0, 4 * 8 * 12).Select(i => id(i / 96, i / 12 % 8, i % 12))];
        TiffWriter.WriteLabels(Labels, new NdArray<int>(voxels, 4, 8, 12), "ZYX", new TiffWriterOptions { VoxelSizeUm = new VoxelSize(2, 0.5, 0.5) });
    }
}
