using System.Text.Json.Nodes;
using Cellpose3D.Cli.Tests.Commands;

namespace Cellpose3D.Cli.Tests.Cluster;

/// <summary>A small volume in 27 blocks, and what one process makes of it.</summary>
internal sealed class SharedCube : IDisposable
{
    private const int Block = 12;

    private readonly TemporaryFolder _folder = new(inMemory: true);
    private readonly string _volume;
    private readonly Lazy<string[]> _expected;

    public SharedCube()
    {
        _volume = TestImages.WriteTiff(At("cube.tif"), CrossingCells.Image(), "ZYX");
        _expected = new Lazy<string[]>(() =>
        {
            CliProgram.Run(Command("calm", "--threads", "1")).Succeeds();
            return Contents("calm");
        });
    }

    /// <summary>The words of a run.</summary>
    public string[] Command(string output, params string[] more) =>
    [
        "segment", _volume, "--model", CliProgram.Model, "--device", "cpu", "--do-3d", "--diameter", TestImages.Number((int)CrossingCells.Diameter),
        "--block-size", TestImages.Number(Block), "-o", At(output), "--save", "masks,table", .. more,
    ];

    /// <summary>A path in this volume's folder.</summary>
    public string At(string name) => Path.Combine(_folder.Path, name);

    /// <summary>Checks that a run has the bytes of one process, and has left none of its scratch.</summary>
    public void AssertSame(string output)
    {
        Assert.Equal(_expected.Value, Contents(output));
        Assert.False(Directory.Exists(At($"{output}/cube_cp_work/volumes")), "scratch is left");
        Assert.False(Directory.Exists(At($"{output}/cube_cp_work/records")), "records are left");
    }

    /// <summary>What <c>status</c> says.</summary>
    public JsonNode Status(string output, IReadOnlyDictionary<string, string>? environment = null) =>
        CliProgram.Run(environment ?? new Dictionary<string, string>(), "status", At(output), "--json").Succeeds().Json;

    /// <summary>Number of items of a step that have a record.</summary>
    public int CountDone(string output, string step)
    {
        string records = At($"{output}/cube_cp_work/records/{step}");
        return Directory.Exists(records) ? Directory.EnumerateFiles(records).Count(f => !Path.GetFileName(f).StartsWith('.')) : 0;
    }

    public void Dispose() => _folder.Dispose();

    // labels, and qualities of cells to the last digit
    private string[] Contents(string output) =>
        [Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(At($"{output}/cube_cp_masks.tif")))), File.ReadAllText(At($"{output}/cube_cells.csv"))];
}
