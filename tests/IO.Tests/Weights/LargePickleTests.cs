using System.Text;
using Cellpose3D.IO.Weights.Pickle;

namespace Cellpose3D.IO.Tests.Weights;

/// <summary>Byte strings above 4 GB, on a sparse file that takes no room on the disk.</summary>
public sealed class LargePickleTests
{
    private const long Large = 5L << 30;

    [Fact]
    public void Bytes_FiveGigabytes_AreWrittenWithAnEightByteLengthAndReadWithoutACopy()
    {
        string path = Path.GetTempFileName();
        try
        {
            using var file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.DeleteOnClose);
            var writer = new PickleWriter(file);
            writer.Start();
            writer.Tuple(() =>
            {
                writer.Bytes(Large, target =>
                {
                    file.SetLength(file.Length + Large);
                    target.Seek(Large - 3, SeekOrigin.Current);
                    target.Write(Encoding.ASCII.GetBytes("end"));
                });
                writer.Text("after");
            });
            writer.Stop();
            file.Position = 0;

            long before = GC.GetTotalAllocatedBytes();
            object?[] values = Assert.IsType<object?[]>(new PickleReader(file, "large").Load());
            long allocated = GC.GetTotalAllocatedBytes() - before;

            var bytes = Assert.IsType<PickleBytes>(values[0]);
            Assert.Equal(Large, bytes.Length);
            Assert.Equal("after", values[1]);
            using Stream content = bytes.Open();
            content.Position = Large - 3;
            byte[] end = new byte[4];
            Assert.Equal(3, content.Read(end));
            Assert.Equal("end\0", Encoding.ASCII.GetString(end));
            Assert.Throws<NotSupportedException>(() => bytes.ToArray());
            Assert.True(allocated < 10 << 20, $"reading took {allocated} bytes of memory");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
