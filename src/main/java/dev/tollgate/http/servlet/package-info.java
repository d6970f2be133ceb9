/**
 * Servlets and filters that do not decide about requests: headers, problem documents, request bodies that are left,
 * large answers.
 */
package dev.tollgate.http.servlet;
