using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Cellpose3D.Viewer.Editing;

/// <summary>The file of edits beside labels, one record a line, flushed to the disk; what a crash tore off its end is cut away.</summary>
/// <remarks>A line is the first 8 hex digits of the SHA-256 of the record, its length in bytes, and the record as JSON. Open in one process at a time.</remarks>
internal sealed class EditJournal : IDisposable
{
    /// <summary>What a journal's name ends with.</summary>
    public const string Ending = ".edits";

    /// <summary>The version of the format.</summary>
    public const int Version = 1;

    private readonly FileStream _file;

    private EditJournal(string path, FileStream file) => (Path, _file) = (path, file);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whether there is anything besides the first record.</summary>
    public bool HoldsEdits { get; private set; }

    /// <summary>Where the journal of labels is.</summary>
    /// <param name="labels">A file or folder.</param>
    public static string PathFor(string labels) => System.IO.Path.TrimEndingDirectorySeparator(labels) + Ending;

    /// <summary>Begins a journal, in place of one that is there.</summary>
    /// <exception cref="IOException">It cannot be written, or another process has it open.</exception>
    public static EditJournal Create(string path, JournalRecord.Begin begin)
    {
        FileStream file = Lock(path, FileMode.OpenOrCreate);
        file.SetLength(0);
        var journal = new EditJournal(path, file);
        journal.Append(begin);
        return journal;
    }

    /// <summary>Opens a journal, and cuts away what does not end in a whole record.</summary>
    /// <returns>The journal and its records; null where there is none, or not even its first record.</returns>
    /// <exception cref="InvalidDataException">A record in the midst of others is damaged, or the file is no journal.</exception>
    /// <exception cref="IOException">Another process has it open.</exception>
    public static (EditJournal Journal, IReadOnlyList<JournalRecord> Records)? Open(string path)
    {
        if (!File.Exists(path))
            return null;
        FileStream file = Lock(path, FileMode.Open);
        try
        {
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            (List<JournalRecord> records, int end) = Read(bytes, path);
            if (records.Count > 0)
            {
                if (records[0] is not JournalRecord.Begin { Version: Version })
                    throw new InvalidDataException($"'{path}' is no journal of edits, version {Version}; move it away to open the labels without it.");
                file.SetLength(end);
                file.Seek(end, SeekOrigin.Begin);
                return (new EditJournal(path, file) { HoldsEdits = records.Count > 1 }, records);
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }
        file.Dispose();
        return null;
    }

    /// <summary>Adds a record; once this returns, it outlives the process and the machine.</summary>
    /// <exception cref="IOException">The disk is full or read-only; the journal ends with the record before.</exception>
    public void Append(JournalRecord record)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(record, JournalJson.Default.JournalRecord);
        long end = _file.Position;
        try
        {
            _file.Write([.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Check(json)} {json.Length} ")), .. json, (byte)'\n']);
            _file.Flush(flushToDisk: true);
            HoldsEdits |= record is not JournalRecord.Begin;
        }
        catch (IOException)
        {
            _file.SetLength(end);
            _file.Seek(end, SeekOrigin.Begin);
            throw;
        }
    }

    /// <summary>Removes the file.</summary>
    public void Delete()
    {
        File.Delete(Path);
        _file.Dispose();
    }

    /// <summary>Closes the file, which stays.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>The records that are whole, and where the last of them ends.</summary>
    private static (List<JournalRecord> Records, int End) Read(byte[] bytes, string path)
    {
        var records = new List<JournalRecord>();
        int end = 0;
        while (Next(bytes, end) is var (record, after))
        {
            records.Add(record);
            end = after;
        }
        // what was torn off has nothing whole behind it
        for (int line = end; (line = Array.IndexOf(bytes, (byte)'\n', line) + 1) > 0;)
        {
            if (Next(bytes, line) is not null)
                throw new InvalidDataException($"'{path}' is damaged at byte {end}, before edits that are whole; move it away to open the labels without them.");
        }
        return (records, end);
    }

    private static (JournalRecord Record, int After)? Next(byte[] bytes, int from)
    {
        ReadOnlySpan<byte> rest = bytes.AsSpan(from);
        if (rest.Length < 10 || rest[8] != ' ')
            return null;
        int space = rest[9..].IndexOf((byte)' ');
        if (space < 0 || !int.TryParse(rest.Slice(9, space), NumberStyles.None, CultureInfo.InvariantCulture, out int length) || rest.Length - (10 + space) <= length)
            return null;
        ReadOnlySpan<byte> json = rest.Slice(10 + space, length);
        if (rest[10 + space + length] != '\n' || !rest[..8].SequenceEqual(Encoding.ASCII.GetBytes(Check(json))))
            return null;
        try
        {
            return (JsonSerializer.Deserialize(json, JournalJson.Default.JournalRecord)!, from + 11 + space + length);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"the journal has a record of another version of this program at byte {from}: {e.Message}", e);
        }
    }

    private static string Check(ReadOnlySpan<byte> json) => Convert.ToHexStringLower(SHA256.HashData(json))[..8];

    private static FileStream Lock(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new IOException($"'{path}' cannot be opened: {e.Message} Are these labels being edited by another process?", e);
        }
    }
}
