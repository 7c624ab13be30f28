namespace Cellpose3D.IO.Tests;

/// <summary>Whatever happens to a file: it reads, or one of three exceptions with one line says why, in bounded memory and time.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private const long MostBytes = 1L << 30;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Fixtures() =>
        [.. Directory.GetFiles(Ramp.Fixture("")).Select(f => Path.GetFileName(f)).Where(f => Path.GetExtension(f) is not (".py" or ".md")).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Read_CutAnywhere_ReadsOrSaysWhy(string name)
    {
        byte[] bytes = File.ReadAllBytes(Ramp.Fixture(name));
        int step = Math.Max(1, bytes.Length / 40);
        for (int length = 0; length < bytes.Length; length += step)
            TryRead(name, bytes[..length], $"cut to {length}");
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void Read_BytesChanged_ReadsOrSaysWhy(string name)
    {
        byte[] original = File.ReadAllBytes(Ramp.Fixture(name));
        var random = new Random(20_240_601);
        int headers = Math.Min(original.Length, 600);
        for (int round = 0; round < 60; round++)
        {
            byte[] bytes = (byte[])original.Clone();
            int changes = 1 + (round % 4);
            for (int i = 0; i < changes; i++)
            {
                // headers lie at either end; most damage there, some anywhere
                int at = (round % 3) switch
                {
                    0 => random.Next(headers),
                    1 => bytes.Length - 1 - random.Next(headers),
                    _ => random.Next(bytes.Length),
                };
                bytes[at] = (round % 5) switch { 0 => 0xFF, 1 => 0, 2 => 0x7F, _ => (byte)random.Next(256) };
            }
            TryRead(name, bytes, $"round {round}");
        }
    }

    [Fact]
    public void Read_RandomBytesBehindAMagic_SaysWhy()
    {
        byte[][] magics = [[(byte)'I', (byte)'I', 42, 0, 8, 0, 0, 0], [(byte)'M', (byte)'M', 0, 43, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16],
            [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10], [0xFF, 0xD8, 0xFF, 0xE0], [0x93, .. "NUMPY"u8, 1, 0], [(byte)'P', (byte)'K', 3, 4], []];
        var random = new Random(7);
        foreach (byte[] magic in magics)
        {
            for (int round = 0; round < 60; round++)
            {
                byte[] noise = new byte[random.Next(2000)];
                random.NextBytes(noise);
                TryRead("noise", [.. magic, .. noise], $"round {round} behind {Convert.ToHexString(magic)}");
            }
        }
    }

    private void TryRead(string name, byte[] bytes, string what)
    {
        string path = _folder.File(name);
        File.WriteAllBytes(path, bytes);
        foreach (Action read in (Action[])[
            () => ImageReader.Read(path, null, TestContext.Current.CancellationToken),
            () => LabelReader.Read(path, null, TestContext.Current.CancellationToken)])
        {
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Environment.TickCount64;
            try
            {
                read();
            }
            catch (Exception e) when (e is InvalidDataException or NotSupportedException or IOException)
            {
                Assert.False(e.Message.Contains('\n', StringComparison.Ordinal), $"{name}, {what}: more than one line: {e.Message}");
            }
            catch (Exception e)
            {
                Assert.Fail($"{name}, {what}: {e}");
            }
            long taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(taken < MostBytes, $"{name}, {what}: took {taken} bytes");
            Assert.True(Environment.TickCount64 - start < 30_000, $"{name}, {what}: took {Environment.TickCount64 - start} ms");
        }
    }
}
