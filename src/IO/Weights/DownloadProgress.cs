namespace Cellpose3D.IO.Weights;

/// <summary>How far a download has come.</summary>
/// <param name="FileName">The file being fetched.</param>
/// <param name="BytesDone">Bytes on disk.</param>
/// <param name="BytesTotal">Bytes of the whole file; null when the server does not say.</param>
public readonly record struct DownloadProgress(string FileName, long BytesDone, long? BytesTotal);
